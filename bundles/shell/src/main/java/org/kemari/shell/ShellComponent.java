package org.kemari.shell;

import java.util.List;
import org.apache.felix.service.command.Descriptor;
import org.kemari.api.machine.Machine;
import org.kemari.api.protection.Protection;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** The commands as Gogo finds them: each public method of these names is one. */
@Component(
        service = ShellComponent.class,
        property = {
            "osgi.command.scope=kemari",
            "osgi.command.function=vms",
            "osgi.command.function=status",
            "osgi.command.function=protect",
            "osgi.command.function=unprotect",
            "osgi.command.function=snapshot",
            "osgi.command.function=failover"
        })
public final class ShellComponent {
    private final VirtualMachines vms = new VirtualMachines();
    private final ProtectionSwitch protections;

    @Activate
    public ShellComponent(@Reference ConfigurationAdmin configurations) {
        protections = new ProtectionSwitch(
                new FtConfigurations(configurations),
                TermsFolder.ofUser(System.getenv(), System.getProperty("user.home")));
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addMachine(Machine machine) {
        vms.add(machine);
    }

    void removeMachine(Machine machine) {
        vms.remove(machine);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addProtection(Protection protection) {
        vms.add(protection);
    }

    void removeProtection(Protection protection) {
        vms.remove(protection);
    }

    @Descriptor("lists the VMs of this container")
    public String vms() {
        return StatusText.table(vms.list());
    }

    @Descriptor("tells all about a VM")
    public String status(@Descriptor("the VM's name") String vm) {
        return StatusText.details(vms.get(vm));
    }

    @Descriptor("protects a VM again, by the backup it had")
    public String protect(@Descriptor("the VM's name") String vm) throws Exception {
        return protections.on(vms.get(vm).name(), List.of());
    }

    @Descriptor("protects a VM by the backup at HOST:PORT")
    public String protect(@Descriptor("the VM's name") String vm, @Descriptor("where its backup listens") String peer)
            throws Exception {
        return protections.on(vms.get(vm).name(), List.of(peer));
    }

    @Descriptor("ends a VM's protection; the VM goes on")
    public String unprotect(@Descriptor("the VM's name") String vm) throws Exception {
        return protections.off(vms.get(vm).name());
    }

    @Descriptor("writes a snapshot of a VM; it runs on meanwhile")
    public String snapshot(@Descriptor("the VM's name") String vm, @Descriptor("the file to write") String file)
            throws Exception {
        return vms.get(vm).snapshot(file);
    }

    @Descriptor("hands a protected VM over to its backup, in good order")
    public String failover(@Descriptor("the VM's name") String vm) throws Exception {
        return vms.get(vm).handOver();
    }
}
