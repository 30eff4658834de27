package org.kemari.itests.container;

import static org.junit.Assert.assertEquals;

import java.util.Arrays;
import java.util.List;
import javax.inject.Inject;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.slf4j.LoggerFactory;

/** The distribution as a whole: it resolves, it starts, its components find what they need. */
public class DistributionIT extends ContainerTest {
    @Inject
    private ServiceComponentRuntime components;

    @Test
    public void everyBundleStarts() {
        List<String> notActive = Arrays.stream(context.getBundles())
                .filter(bundle -> bundle.getState() != Bundle.ACTIVE)
                .filter(bundle -> (bundle.adapt(BundleRevision.class).getTypes() & BundleRevision.TYPE_FRAGMENT) == 0)
                .map(bundle -> bundle.getSymbolicName() + " is in state " + bundle.getState())
                .toList();
        assertEquals(List.of(), notActive);
    }

    @Test
    public void noComponentThatNeedsNoConfigurationIsLeftUnsatisfied() {
        List<String> unsatisfied = components.getComponentDescriptionDTOs().stream()
                .filter(description -> description.bundle.symbolicName.startsWith("org.kemari."))
                .filter(description -> !description.configurationPolicy.equals("require"))
                .filter(description -> components.getComponentConfigurationDTOs(description).stream()
                        .noneMatch(configuration -> (configuration.state
                                        & (ComponentConfigurationDTO.ACTIVE | ComponentConfigurationDTO.SATISFIED))
                                != 0))
                .map(description -> description.name)
                .toList();
        assertEquals(List.of(), unsatisfied);
    }

    @Test
    public void loggingEndsInLogback() {
        assertEquals(
                "ch.qos.logback.classic.LoggerContext",
                LoggerFactory.getILoggerFactory().getClass().getName());
    }

    @Test
    public void onlyTheApiIsExported() {
        List<String> exported = Arrays.stream(context.getBundles())
                .filter(bundle -> bundle.getSymbolicName().startsWith("org.kemari."))
                .filter(bundle -> !bundle.getSymbolicName().equals("org.kemari.api"))
                .filter(bundle -> bundle.getHeaders().get("Export-Package") != null)
                .map(bundle -> bundle.getSymbolicName() + " exports "
                        + bundle.getHeaders().get("Export-Package"))
                .toList();
        assertEquals(List.of(), exported);
    }
}
