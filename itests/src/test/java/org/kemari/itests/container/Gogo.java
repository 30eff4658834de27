package org.kemari.itests.container;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/** A person at the container's shell. */
final class Gogo {
    private final BundleContext context;

    Gogo(BundleContext context) {
        this.context = context;
    }

    /**
     * Types a line. Gives what the person then reads: what the command printed, and its result as a shell shows it.
     *
     * @throws Exception what the command failed with, whose message a shell prints
     */
    String type(String line) throws Exception {
        ServiceReference<CommandProcessor> reference = context.getServiceReference(CommandProcessor.class);
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (CommandSession session =
                context.getService(reference).createSession(new ByteArrayInputStream(new byte[0]), printed, printed)) {
            Object result = session.execute(line);
            String shown = result == null
                    ? ""
                    : session.format(result, Converter.INSPECT).toString();
            return printed.toString(StandardCharsets.UTF_8) + shown;
        } finally {
            context.ungetService(reference);
        }
    }
}
