package org.kemari.netswitch;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** What a network's configuration has; read and checked by {@link NetworkSpec}. */
@ObjectClassDefinition(
        id = NetworkComponent.PID,
        name = "Kemari virtual network",
        description = "This container's part of an Ethernet network; its parts are joined by VXLAN (RFC 7348)")
@interface NetworkConfiguration {
    @AttributeDefinition(
            name = "Name",
            description = "By which network cards ask for it: letters, digits, '.', '_', '-'")
    String name();

    @AttributeDefinition(
            name = "VXLAN network identifier",
            description = "The same in all parts of the network: 0 to 16777215",
            type = AttributeType.INTEGER,
            min = "0",
            max = "16777215")
    int vni() default 0;

    @AttributeDefinition(
            name = "Listen",
            description =
                    "HOST:PORT (UDP) of this part, for example 127.0.0.1:4789; empty if the network has no other parts",
            required = false)
    String listen() default "";

    @AttributeDefinition(
            name = "Peers",
            description = "HOST:PORT of each other part; datagrams from elsewhere are dropped",
            required = false)
    String[] peers() default {};
}
