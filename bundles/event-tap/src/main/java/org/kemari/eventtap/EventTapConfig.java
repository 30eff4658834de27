package org.kemari.eventtap;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration {@code org.kemari.eventtap}. */
@ObjectClassDefinition(name = "Kemari event tap", description = "Holds what a protected guest says until it may leave.")
@interface EventTapConfig {
    @AttributeDefinition(
            name = "Held bytes",
            description = "Bytes of held outputs, per VM, at which the guest is throttled; 65536 or more.")
    long held_bytes() default 64L << 20;

    @AttributeDefinition(
            name = "Held outputs",
            description = "Number of held outputs, per VM, at which the guest is throttled; 16 or more.")
    int held_outputs() default 16_384;
}
