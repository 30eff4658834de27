package org.kemari.guests.debian;

/** Order of Debian versions, deb-version(7): {@code [epoch:]upstream[-revision]}. */
final class DebianVersion {
    private DebianVersion() {}

    static int compare(String left, String right) {
        int byEpoch = Long.compare(epoch(left), epoch(right));
        if (byEpoch != 0) {
            return byEpoch;
        }
        int byUpstream = compareParts(upstream(left), upstream(right));
        return byUpstream != 0 ? byUpstream : compareParts(revision(left), revision(right));
    }

    private static long epoch(String version) {
        int colon = version.indexOf(':');
        return colon < 0 ? 0 : Long.parseLong(version.substring(0, colon));
    }

    private static String upstream(String version) {
        String rest = version.substring(version.indexOf(':') + 1);
        int dash = rest.lastIndexOf('-');
        return dash < 0 ? rest : rest.substring(0, dash);
    }

    private static String revision(String version) {
        int dash = version.lastIndexOf('-');
        return dash < 0 ? "" : version.substring(dash + 1);
    }

    /** Runs of other characters and runs of digits in turn; a tilde sorts before the end, letters before the rest. */
    private static int compareParts(String left, String right) {
        int i = 0;
        int j = 0;
        while (i < left.length() || j < right.length()) {
            while ((i < left.length() && !isDigit(left.charAt(i)))
                    || (j < right.length() && !isDigit(right.charAt(j)))) {
                int difference = weight(left, i) - weight(right, j);
                if (difference != 0) {
                    return difference;
                }
                i++;
                j++;
            }
            int startLeft = i;
            while (i < left.length() && isDigit(left.charAt(i))) {
                i++;
            }
            int startRight = j;
            while (j < right.length() && isDigit(right.charAt(j))) {
                j++;
            }
            int byNumber = compareNumbers(left.substring(startLeft, i), right.substring(startRight, j));
            if (byNumber != 0) {
                return byNumber;
            }
        }
        return 0;
    }

    private static int compareNumbers(String left, String right) {
        String a = left.replaceFirst("^0+", "");
        String b = right.replaceFirst("^0+", "");
        return a.length() != b.length() ? a.length() - b.length() : a.compareTo(b);
    }

    private static int weight(String text, int index) {
        if (index >= text.length() || isDigit(text.charAt(index))) {
            return 0;
        }
        char c = text.charAt(index);
        if (c == '~') {
            return -1;
        }
        return Character.isLetter(c) ? c : c + 256;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
