package org.kemari.cli;

import java.util.Optional;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;
import picocli.CommandLine.IVersionProvider;

/** This program's version: its bundle's. */
final class Version implements IVersionProvider {
    static String text() {
        return Optional.ofNullable(FrameworkUtil.getBundle(Version.class))
                .map(Bundle::getVersion)
                .map(Object::toString)
                .orElse("(no bundle)");
    }

    @Override
    public String[] getVersion() {
        return new String[] {"kemari " + text() + ", Java " + Runtime.version()};
    }
}
