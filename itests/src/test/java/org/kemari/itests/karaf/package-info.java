/** The features repository in a real Apache Karaf. */
package org.kemari.itests.karaf;
