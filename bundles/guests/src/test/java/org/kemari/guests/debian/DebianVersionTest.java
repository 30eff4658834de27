package org.kemari.guests.debian;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class DebianVersionTest {
    @Test
    void versionsAreOrderedAsDpkgOrdersThem() {
        List<String> ascending = List.of(
                "0.9",
                "1.0~rc1-1",
                "1.0-1",
                "1.0-1+b1",
                "1.0-1+deb13u1",
                "1.0-2",
                "1.0-10",
                "1.0a-1",
                "1.0.1-1",
                "1.10-1",
                "1:0.1-1");
        for (int i = 0; i < ascending.size(); i++) {
            for (int j = 0; j < ascending.size(); j++) {
                String pair = ascending.get(i) + " and " + ascending.get(j);
                int expected = Integer.compare(i, j);
                assertEquals(expected, Integer.signum(DebianVersion.compare(ascending.get(i), ascending.get(j))), pair);
            }
        }
    }
}
