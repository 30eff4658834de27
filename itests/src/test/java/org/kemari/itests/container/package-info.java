/** The bundles of the distribution in one OSGi framework, driven by ConfigAdmin alone (Pax Exam, native container). */
package org.kemari.itests.container;
