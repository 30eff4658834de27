package org.kemari.api.backend;

/**
 * Which disk.
 *
 * @param path where its image is
 * @param readOnly true if it is never to be written
 * @param shared true if a second host may have it open: no lock is taken, the VM's term protects it
 */
public record DiskSpec(String path, boolean readOnly, boolean shared) {}
