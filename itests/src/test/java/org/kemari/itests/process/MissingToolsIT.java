package org.kemari.itests.process;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.kemari.itests.guest.ConsoleClient;

/** On a machine that lacks something, one line says what, and the command that mends it on each system. */
public class MissingToolsIT {
    private static final String[] INSTALL_JDK = {
        "Debian: sudo apt-get install default-jdk-headless",
        "Fedora: sudo dnf install java-devel",
        "macOS: brew install openjdk"
    };
    private static final String[] INSTALL_MAVEN = {
        "Debian: sudo apt-get install maven", "Fedora: sudo dnf install maven", "macOS: brew install maven"
    };
    private static final String[] CONNECT = {
        "Debian: sudo systemctl restart networking",
        "Fedora: sudo systemctl restart NetworkManager",
        "macOS: sudo networksetup -setairportpower en0 on"
    };

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private LauncherScript launcher;

    @Before
    public void copyTheScript() throws IOException {
        launcher = new LauncherScript(folder.getRoot().toPath());
    }

    @Test
    public void missingJdk() throws Exception {
        String said = onlyLine("help");
        assertTrue(said, said.startsWith("kemari: no JDK 17 or later; install one: "));
        assertNames(said, INSTALL_JDK);
    }

    @Test
    public void jdkThatIsTooOldIsNamedWithItsVersion() throws Exception {
        Path old = launcher.jdk("11.0.22");
        launcher.with("KEMARI_JDKS", "/no/such/folder:" + old.getParent());
        String said = onlyLine("help");
        assertTrue(said, said.startsWith("kemari: no JDK 17 or later (found: 11 at " + old + "); install one: "));
        assertNames(said, INSTALL_JDK);
    }

    @Test
    public void jdkOfTheFirstJavaNumberingIsTooOld() throws Exception {
        Path old = launcher.jdk("1.8.0_392");
        String said = onlyLine(launcher.with("JAVA_HOME", old.toString()), "help");
        assertTrue(said, said.startsWith("kemari: no JDK 17 or later (found: 8 at " + old + "); "));
    }

    @Test
    public void missingMaven() throws Exception {
        String said = onlyLine(launcher.withJdk(), "help");
        assertTrue(said, said.startsWith("kemari: no Maven 3.8 or later; install it: "));
        assertNames(said, INSTALL_MAVEN);
    }

    @Test
    public void mavenThatIsTooOldIsNamedWithItsVersion() throws Exception {
        launcher.withJdk().withProgram("mvn", "echo 'Apache Maven 3.6.3 (cecedd343002696d0abb50b32b541b8a6ba2883f)'");
        String said = onlyLine("help");
        assertTrue(said, said.startsWith("kemari: Maven is 3.6.3, 3.8 or later is needed; update it: "));
        assertNames(said, INSTALL_MAVEN);
    }

    @Test
    public void buildWithoutNetwork() throws Exception {
        mavenThatFails("Could not transfer artifact org.junit:junit-bom:pom:5.11.4 from/to central:"
                + " Unknown host mirror.invalid: UnknownHostException");
        String said = onlyLine("help");
        assertTrue(said, said.startsWith("kemari: no network: Maven could not fetch what the build needs; "));
        assertNames(said, CONNECT);
        assertNames(said, "~/.m2/settings.xml");
    }

    /** Maven told to stay offline says neither host nor connection. */
    @Test
    public void buildWithMavenOffline() throws Exception {
        mavenThatFails("Cannot access central in offline mode and the artifact"
                + " org.apache.felix:org.apache.felix.scr:jar:2.2.12 has not been downloaded from it before.");
        assertNames(onlyLine("help"), CONNECT);
    }

    /** The network is there, but whoever answers does not give it. */
    @Test
    public void buildThatARepositoryRefuses() throws Exception {
        mavenThatFails("Failed to read artifact descriptor: Could not transfer artifact org.junit:junit-bom:pom:5.11.4"
                + " from/to mirror: status code: 403, reason phrase: Forbidden (403)");
        String said = onlyLine("help");
        assertTrue(
                said, said.startsWith("kemari: Maven was not given what the build needs: Could not transfer artifact"));
        assertNames(said, "org.junit:junit-bom:pom:5.11.4", "403", "~/.m2/settings.xml");
    }

    /** Any other failure is not put down to the network. */
    @Test
    public void buildThatFailsForAReasonOfItsOwnShowsIt() throws Exception {
        mavenThatFails("Main.java:[7,1] class expected");
        LauncherScript.Ended ended = launcher.run("help");
        assertEquals(2, ended.status());
        assertEquals(ended.errors().toString(), 2, ended.errors().size());
        assertEquals("[ERROR] Main.java:[7,1] class expected", ended.errors().get(0));
        assertTrue(ended.errors().get(1).startsWith("kemari: the build failed; the whole log: "));
        assertFalse("the lock is left", Files.exists(folder.getRoot().toPath().resolve("tree/target/build.lock")));
    }

    @Test
    public void guestWhoseMirrorCannotBeReached() throws Exception {
        String mirror = "http://127.0.0.1:" + ConsoleClient.freePort() + "/debian";
        launcher.withJdk().withDistribution().with("KEMARI_DEBIAN_MIRROR", mirror);
        String said = onlyLine("guest", "fetch", "linux");
        assertTrue(said, said.startsWith("kemari guest fetch: " + mirror + "/pool/"));
        assertNames(said, "its host cannot be reached", "--mirror http://HOST/debian");
        assertNames(said, CONNECT);
    }

    @Test
    public void guestWhoseMirrorIsNoAddress() throws Exception {
        launcher.withJdk().withDistribution().with("KEMARI_DEBIAN_MIRROR", "debian");
        String said = onlyLine("guest", "fetch", "linux");
        assertNames(said, "mirror=debian is no web address", "http://HOST/debian");
    }

    private void mavenThatFails(String because) throws IOException {
        launcher.withJdk()
                .withProgram(
                        "mvn",
                        "case $1 in -v) echo 'Apache Maven 3.8.7'; exit ;; esac",
                        "echo '[INFO] Building Kemari'",
                        "echo '[ERROR] " + because + "'",
                        "exit 1");
    }

    private String onlyLine(String... arguments) throws IOException, InterruptedException {
        return onlyLine(launcher, arguments);
    }

    /** All that a run that fails says. */
    private static String onlyLine(LauncherScript launcher, String... arguments)
            throws IOException, InterruptedException {
        LauncherScript.Ended ended = launcher.run(arguments);
        assertEquals(ended.errors().toString(), 1, ended.errors().size());
        assertTrue("it ended with status " + ended.status(), ended.status() != 0);
        return ended.errors().get(0);
    }

    private static void assertNames(String said, String... remedies) {
        for (String remedy : remedies) {
            assertTrue("\"" + remedy + "\" is not in: " + said, said.contains(remedy));
        }
    }
}
