/* What a processor benchmark does all day: lists, matrices, a state machine, checksums. Our own; integers only. */
#pragma once

/* Does it all `rounds` times and returns a checksum, the same everywhere for the same number of rounds. */
unsigned core(unsigned rounds);
