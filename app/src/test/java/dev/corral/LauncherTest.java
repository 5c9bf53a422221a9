package dev.corral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.corral.testkit.PlainEnvironment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The launcher, in a clone that holds a finished build and a JDK that only says how it was called.
class LauncherTest {
  @TempDir Path folder;
  private Path clone;
  private Path jdk;

  private record Ended(int exit, String words) {}

  @BeforeEach
  void build() throws IOException {
    assumeTrue(Files.exists(Path.of("/bin/sh")), "there is no /bin/sh on this system");
    clone = Files.createDirectories(folder.resolve("my clone"));
    Files.copy(Path.of("../corral"), clone.resolve("corral"));
    executable(clone.resolve("corral"));
    Files.createDirectories(clone.resolve("app/src/main"));
    Files.writeString(clone.resolve("pom.xml"), "<modules><module>app</module></modules>");
    Files.writeString(clone.resolve("app/pom.xml"), "");
    Path dist = Files.createDirectories(clone.resolve("app/target/dist/one"));
    Files.writeString(clone.resolve("app/target/dist/current"), "one\n");
    Files.writeString(dist.resolve("corral.jar"), "");
    Files.writeString(dist.resolve("stamp"), "");
    jdk = jdk("25.0.1");
  }

  private Path jdk(String version) throws IOException {
    Path home = Files.createDirectories(folder.resolve("jdk " + version));
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    for (String tool : List.of("java", "javac")) {
      Files.writeString(home.resolve("bin/" + tool), "#!/bin/sh\necho \"called: $* in $LC_ALL\"\n");
      executable(home.resolve("bin/" + tool));
    }
    return home;
  }

  private static void executable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Ended call(Path launcher, Map<String, String> variables, String... words)
      throws Exception {
    List<String> command = new ArrayList<>(List.of("/bin/sh", launcher.toString()));
    command.addAll(List.of(words));
    ProcessBuilder builder = PlainEnvironment.of(command).directory(folder.toFile());
    builder.environment().put("CORRAL_JAVA_HOME", jdk.toString());
    builder.environment().putAll(variables);
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), said);
  }

  @Test
  void aFinishedBuildIsStartedWithoutBuildingFromAnyFolderAndThroughASymlink() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("my clone/corral"));
    Ended ended = call(link, Map.of("CORRAL_JAVA_OPTS", "-Da=1 -Db=2"), "run", "m", "a b");
    assertThat(ended.exit()).isZero();
    assertThat(ended.words())
        .contains(
            "-Da=1 -Db=2", "my clone/app/target/dist/one/corral.jar dev.corral.Main run m a b")
        .contains("-XX:TieredStopAtLevel=1")
        .doesNotContain("building");
  }

  @Test
  void theServerGetsFlagsOfItsOwn() throws Exception {
    Ended ended = call(clone.resolve("corral"), Map.of(), "serve");
    assertThat(ended.words()).contains("-Xmx512m").doesNotContain("TieredStopAtLevel");
    ended = call(clone.resolve("corral"), Map.of(), "--home", "/some where", "--json", "demo");
    assertThat(ended.words())
        .contains("-Xmx512m", "-Dcorral.natives=", "Main --home /some where --json demo");
  }

  @Test
  void whereNobodySetALocaleWordsAreReadAsUtf8AndAnyOtherStays() throws Exception {
    Map<String, String> none = Map.of("LC_ALL", "", "LC_CTYPE", "", "LANG", "");
    assertThat(call(clone.resolve("corral"), none, "list").words()).endsWith(" in C.UTF-8\n");
    Map<String, String> plain = Map.of("LC_ALL", "POSIX", "LANG", "de_DE.UTF-8");
    assertThat(call(clone.resolve("corral"), plain, "list").words()).endsWith(" in C.UTF-8\n");
    Map<String, String> chosen = Map.of("LC_ALL", "", "LC_CTYPE", "", "LANG", "de_DE.UTF-8");
    assertThat(call(clone.resolve("corral"), chosen, "list").words()).endsWith(" in \n");
  }

  @Test
  void aSourceThatIsNewerThanTheBuildIsBuilt() throws Exception {
    Files.writeString(clone.resolve("app/target/dist/one/stamp"), "");
    Files.setLastModifiedTime(clone.resolve("app/target/dist/one/stamp"), FileTime.fromMillis(0));
    Path maven = Files.createDirectories(folder.resolve("maven/bin"));
    Files.writeString(maven.resolve("mvn"), "#!/bin/sh\necho 'Apache Maven 3.8.1'\n");
    executable(maven.resolve("mvn"));
    Map<String, String> path = Map.of("PATH", maven + ":" + System.getenv("PATH"));
    Ended old = call(clone.resolve("corral"), path, "list");
    assertThat(old.exit()).isEqualTo(1);
    assertThat(old.words()).contains("3.8.1", "too old", "3.8.6 or later");
    Files.writeString(
        maven.resolve("mvn"),
        """
        #!/bin/sh
        [ "$1" = -v ] && echo 'Apache Maven 3.9.1' && exit
        echo '[ERROR] Failed to execute: no compiler today'
        exit 1
        """);
    Ended failed = call(clone.resolve("corral"), path, "list");
    assertThat(failed.exit()).isEqualTo(1);
    assertThat(failed.words())
        .contains("building", "no compiler today", "the build failed", "build.log");
  }

  @Test
  void theEnginesLibrariesAreFetchedOnceWhileTheProgramIsBuilt() throws Exception {
    Path variant = Files.createDirectories(clone.resolve("runner/natives/cpu"));
    Files.writeString(variant.resolve("package-lock.json"), "{}");
    Map<String, String> path =
        buildingWith(
            """
            mkdir -p node_modules/@node-llama-cpp/linux-x64/bins/linux-x64
            touch node_modules/@node-llama-cpp/linux-x64/bins/linux-x64/libllama.v0.5.0.so
            """);

    Ended first = call(clone.resolve("corral"), path, "serve");
    outdate();
    Ended second = call(clone.resolve("corral"), path, "serve");

    assertThat(first.exit()).as(first.words()).isZero();
    assertThat(first.words()).contains("fetched the engine's libraries (llama.cpp, cpu)");
    assertThat(first.words()).contains("-Dcorral.natives=", "my clone/runner/natives");
    assertThat(second.words()).contains("building").doesNotContain("fetched");
  }

  @Test
  void aMachineThatCannotFetchTheEnginesLibrariesGoesOnAndSaysHow() throws Exception {
    Path variant = Files.createDirectories(clone.resolve("runner/natives/cpu"));
    Files.writeString(variant.resolve("package-lock.json"), "{}");

    Ended ended = call(clone.resolve("corral"), buildingWith("exit 1"), "serve");

    assertThat(ended.exit()).as(ended.words()).isZero();
    assertThat(ended.words())
        .contains("no engine of our own", "npm ci --ignore-scripts", "dev.corral.Main serve");
  }

  /// Makes the build old, and stands in for Maven, which succeeds, and npm, which does this.
  private Map<String, String> buildingWith(String npm) throws IOException {
    outdate();
    Path tools = Files.createDirectories(folder.resolve("tools"));
    Files.writeString(tools.resolve("npm"), "#!/bin/sh\n" + npm);
    executable(tools.resolve("npm"));
    Files.writeString(
        tools.resolve("mvn"),
        """
        #!/bin/sh
        [ "$1" = -v ] && echo 'Apache Maven 3.9.1' && exit
        mkdir -p app/target/lib
        touch app/target/corral.jar app/target/lib/picocli-4.jar
        """);
    executable(tools.resolve("mvn"));
    return Map.of("PATH", tools + ":" + System.getenv("PATH"));
  }

  private void outdate() throws IOException {
    String dist = Files.readString(clone.resolve("app/target/dist/current")).strip();
    Files.setLastModifiedTime(
        clone.resolve("app/target/dist/" + dist + "/stamp"), FileTime.fromMillis(0));
  }

  @Test
  void aJdkThatIsTooOldIsNamed() throws Exception {
    Map<String, String> old = Map.of("CORRAL_JAVA_HOME", jdk("17.0.9").toString());
    Ended ended = call(clone.resolve("corral"), old, "list");
    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.words()).contains("is no JDK 25 or later");
  }

  @Test
  void aModuleThatDoesNotExistIsNamedWithThoseThatDo() throws Exception {
    Ended ended = call(clone.resolve("corral"), Map.of(), "test", "nosuch");
    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.words()).contains("there is no module 'nosuch'", "app");
  }
}
