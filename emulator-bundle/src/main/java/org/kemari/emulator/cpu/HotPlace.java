package org.kemari.emulator.cpu;

/**
 * Where translated code begins that a hart executes often. As good on another host that holds the same RAM.
 *
 * @param page index of the RAM page
 * @param entry byte offset in it
 * @param context number of the memory context ({@code mmu.Mmu#tlb(int)}) that it is bound to
 */
public record HotPlace(int page, int entry, int context) {}
