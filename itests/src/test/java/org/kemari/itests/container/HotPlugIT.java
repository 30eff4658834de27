package org.kemari.itests.container;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertTrue;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.Test;
import org.kemari.api.machine.Machine;
import org.kemari.api.machine.MachineState;
import org.kemari.api.tap.EventTap;
import org.kemari.api.tap.OutputProxy;
import org.kemari.itests.guest.ConsoleClient;
import org.kemari.itests.guest.EchoGuest;
import org.osgi.framework.Bundle;

/** Bundles come and go under a running guest. */
public class HotPlugIT extends VmTest {
    private static final String UART = "org.kemari.uart";

    @Test
    public void deviceFallsSilentWithItsBundleAndReturnsWithItsState() throws Exception {
        int port = ConsoleClient.freePort();
        configure(echoGuest("plugged", port));
        Machine machine = awaitRunning("plugged");
        try (ConsoleClient console = ConsoleClient.connect(port, Eventually.LIMIT)) {
            assertEchoes(console, "here");
        }

        Bundle uart = bundle(UART);
        uart.stop();
        try {
            long before = machine.status().instructions();
            Eventually.await(
                    "the guest goes on without its UART", () -> machine.status().instructions() > before + 1_000_000);
            assertEquals(MachineState.RUNNING, machine.status().state());
        } finally {
            uart.start();
        }

        try (ConsoleClient console = ConsoleClient.connect(port, Eventually.LIMIT)) {
            assertEchoes(console, "back");
            console.type(String.valueOf(EchoGuest.SCRATCH));
            console.await(String.valueOf(EchoGuest.SCRATCH_VALUE), Eventually.LIMIT);
        }
        assertSame(machine, machine("plugged").orElseThrow());
    }

    @Test
    public void vmWaitsForTheBundleOfItsDevice() throws Exception {
        Bundle uart = bundle(UART);
        uart.stop();
        try {
            configure(echoGuest("waiting", ConsoleClient.freePort()));
            Thread.sleep(100); // a machine that came up all the same would be there by now
            assertTrue(machine("waiting").isEmpty());
        } finally {
            uart.start();
        }
        awaitRunning("waiting");
    }

    @Test
    public void tapFollowsProxies() throws Exception {
        configure(echoGuest("tapped", ConsoleClient.freePort()));
        Machine machine = awaitRunning("tapped");
        Eventually.await("the VM has its tap", () -> tap("tapped").isPresent());
        EventTap tap = tap("tapped").orElseThrow();
        Eventually.await("the tap has the UART's proxy", () -> devices(tap).equals(Set.of("uart0")));

        Bundle uart = bundle(UART);
        uart.stop();
        try {
            Eventually.await(
                    "the proxy is gone from the tap", () -> devices(tap).isEmpty());
        } finally {
            uart.start();
        }
        Eventually.await("the proxy is back in the tap", () -> devices(tap).equals(Set.of("uart0")));
        assertEquals(MachineState.RUNNING, machine.status().state());
    }

    @Test
    public void guestOutlivesItsTap() throws Exception {
        int port = ConsoleClient.freePort();
        configure(echoGuest("untapped", port));
        Machine machine = awaitRunning("untapped");
        Bundle eventTap = bundle("org.kemari.event-tap");
        try (ConsoleClient console = ConsoleClient.connect(port, Eventually.LIMIT)) {
            assertEchoes(console, "with");
            eventTap.stop();
            try {
                assertTrue(tap("untapped").isEmpty());
                assertEchoes(console, "without");
            } finally {
                eventTap.start();
            }
            Eventually.await("the VM has a tap again", () -> tap("untapped").isPresent());
            assertEchoes(console, "again");
        }
        assertSame(machine, machine("untapped").orElseThrow());
    }

    private Optional<EventTap> tap(String vm) throws Exception {
        return service(EventTap.class, "(kemari.vm=" + vm + ")");
    }

    private static Set<String> devices(EventTap tap) {
        Set<String> devices = new TreeSet<>();
        for (OutputProxy proxy : tap.proxies()) {
            devices.add(proxy.device());
        }
        return devices;
    }
}
