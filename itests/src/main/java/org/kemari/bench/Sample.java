package org.kemari.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Values of one figure over the runs; at least one. */
record Sample(double[] values) {
    Sample {
        values = values.clone();
        Arrays.sort(values);
        if (values.length == 0) {
            throw new IllegalArgumentException("a sample needs at least one value");
        }
    }

    static Sample of(List<Double> values) {
        return new Sample(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    double median() {
        int middle = values.length / 2;
        return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }

    double percentile(double share) {
        return values[(int) Math.min(values.length - 1, Math.round(share * (values.length - 1)))];
    }

    double least() {
        return values[0];
    }

    double most() {
        return values[values.length - 1];
    }

    String text(String unit) {
        return String.format(Locale.ROOT, "%.3g %s (%.3g to %.3g)", median(), unit, least(), most());
    }
}
