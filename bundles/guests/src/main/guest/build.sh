#!/bin/sh
# Builds the bare-metal guests: build.sh [FOLDER], by default the bundle's resources. The same compiler gives the same
# bytes: no paths, times or build ids go in.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/../resources/org/kemari/guests}
compiler=${CROSS_COMPILE:-riscv64-linux-gnu-}gcc
mkdir -p "$out/loops"
cd "$here"
common="-mabi=lp64 -mcmodel=medany -ffreestanding -fno-pic -no-pie -nostdlib -static -fno-stack-protector \
  -fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns -Wall -Wextra -Werror -Wno-array-bounds \
  -Wl,--build-id=none -Wl,--no-warn-rwx-segments -s"
$compiler -march=rv64imac_zicsr -Os $common -T tiny/tiny.ld -o "$out/tiny.elf" \
  tiny/start.S tiny/main.c tiny/machine.c tiny/devicetree.c tiny/virtio.c tiny/net.c tiny/log.c tiny/service.c

for source in loops/*.S; do
  name=$(basename "$source" .S)
  $compiler -march=rv64gc -Iloops $common -T loops/loop.ld -o "$out/loops/$name.elf" "$source"
done

# The same integer work on the bare machine and under Linux; as a distribution would compile it.
$compiler -march=rv64gc -O2 -Iloops -Iwork $common -T loops/loop.ld -o "$out/loops/core.elf" work/core.S work/core.c
for program in linux:work load:load; do
  $compiler -march=rv64gc -O2 -Iwork $common -Wl,-z,separate-code,-z,max-page-size=4096 -o "$out/${program#*:}.elf" \
    "work/${program%:*}.c" work/core.c
done
$compiler -march=rv64gc $common -T loops/loop.ld -o "$out/wake.elf" work/wake.S
