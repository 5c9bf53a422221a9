import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// Bundles the page while Corral is built: `java Bundle.java SOURCES KIT OUT`.
///
/// KIT holds jars of JavaScript packages (Lit) and of the bundler for this system; neither Node nor
/// a network is needed. OUT gets `index.html` and `assets/NAME-HASH.js|css`. The hash follows the
/// content, so that a browser may keep an asset for ever. Does nothing where nothing changed.
class Bundle {
  /// Where mvnpm's jars keep a package: below a folder with its version.
  private static final Pattern IN_JAR =
      Pattern.compile("META-INF/resources/_static/(?:[^/]+/)+?\\d+\\.\\d+\\.\\d+[^/]*/(.+)");

  private static final Pattern PACKAGE_NAME = Pattern.compile("\"name\": *\"([^\"]+)\"");

  /// Browsers of the last two years; also what the strict Content-Security-Policy needs.
  private static final String BROWSERS = "--target=chrome115,firefox115,safari16.4";

  private final Path sources;
  private final Path kit;
  private final Path out;

  Bundle(Path sources, Path kit, Path out) {
    this.sources = sources;
    this.kit = kit;
    this.out = out;
  }

  public static void main(String[] args) throws Exception {
    Bundle bundle = new Bundle(Path.of(args[0]), Path.of(args[1]), Path.of(args[2]));
    try {
      bundle.run();
    } catch (IllegalStateException e) {
      System.err.println("The page was not bundled: " + e.getMessage());
      System.exit(1);
    }
  }

  private void run() throws IOException, InterruptedException {
    Path stamp = kit.resolve("stamp");
    String now = fingerprint();
    if (Files.exists(stamp)
        && Files.readString(stamp).equals(now)
        && Files.exists(out.resolve("index.html"))) {
      return;
    }
    Path packages = kit.resolve("node_modules");
    delete(packages);
    for (Path jar : jars()) {
      unpack(jar, packages);
    }
    delete(out);
    bundle(packages);
    writeIndex();
    Files.writeString(stamp, now);
  }

  /// Over the sources' contents and the names of the jars, which carry their versions.
  private String fingerprint() throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Path file : files(sources)) {
        digest.update(sources.relativize(file).toString().getBytes(StandardCharsets.UTF_8));
        digest.update(Files.readAllBytes(file));
      }
      for (Path jar : jars()) {
        digest.update(jar.getFileName().toString().getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no SHA-256; use a complete JDK 25", e);
    }
  }

  private List<Path> jars() throws IOException {
    try (Stream<Path> list = Files.list(kit)) {
      return list.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    }
  }

  /// Lays one package out as `node_modules/NAME`, where the bundler looks for it.
  private static void unpack(Path jar, Path packages) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      List<? extends ZipEntry> entries =
          zip.stream().filter(entry -> IN_JAR.matcher(entry.getName()).matches()).toList();
      Path folder = null;
      for (ZipEntry entry : entries) {
        if (entry.getName().endsWith("/package.json")) {
          Matcher name = PACKAGE_NAME.matcher(text(zip, entry));
          folder = name.find() ? packages.resolve(name.group(1)) : null;
        }
      }
      if (folder == null) {
        throw new IllegalStateException(jar.getFileName() + " holds no JavaScript package.");
      }
      for (ZipEntry entry : entries) {
        Matcher place = IN_JAR.matcher(entry.getName());
        if (entry.isDirectory() || entry.getName().endsWith(".map") || !place.matches()) {
          continue;
        }
        Path file = folder.resolve(place.group(1)).normalize();
        if (!file.startsWith(folder)) {
          throw new IllegalStateException(jar.getFileName() + " names a file outside itself.");
        }
        Files.createDirectories(file.getParent());
        try (InputStream in = zip.getInputStream(entry)) {
          Files.copy(in, file);
        }
      }
    }
  }

  private void bundle(Path packages) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(bundler(packages).toString());
    command.add(sources.resolve("main.js").toString());
    command.add(sources.resolve("page.css").toString());
    command.addAll(
        List.of(
            "--bundle",
            "--minify",
            "--format=esm",
            "--charset=utf8",
            "--legal-comments=eof",
            "--log-level=warning",
            "--entry-names=[name]-[hash]",
            BROWSERS,
            "--outdir=" + out.resolve("assets")));
    ProcessBuilder process = new ProcessBuilder(command).inheritIO();
    process.environment().put("NODE_PATH", packages.toString());
    int exit = process.start().waitFor();
    if (exit != 0) {
      throw new IllegalStateException(
          "the bundler names file and line above. Mend them, or build with -Dskip.web=true.");
    }
  }

  private static Path bundler(Path packages) throws IOException {
    for (Path file : files(packages.resolve("@esbuild"))) {
      String name = file.getFileName().toString();
      if (name.equals("esbuild") || name.equals("esbuild.exe")) {
        File program = file.toFile();
        if (!program.canExecute() && !program.setExecutable(true)) {
          throw new IllegalStateException("the bundler may not be run from " + file + ".");
        }
        return file;
      }
    }
    throw new IllegalStateException("no bundler for this system among the jars.");
  }

  /// The one page: no inline script or style, only the hashed assets and a small picture.
  private void writeIndex() throws IOException {
    String page = Files.readString(sources.resolve("index.html"));
    byte[] icon = Files.readAllBytes(sources.resolve("icon.svg"));
    page =
        page.replace(
            "{{icon}}", "data:image/svg+xml;base64," + Base64.getEncoder().encodeToString(icon));
    for (Path asset : files(out.resolve("assets"))) {
      String name = asset.getFileName().toString();
      page =
          page.replace(
              "{{" + name.replaceFirst("-[A-Z0-9]+(?=\\.\\w+$)", "") + "}}", "/assets/" + name);
    }
    if (page.contains("{{")) {
      throw new IllegalStateException("index.html names an asset that was not made.");
    }
    Files.writeString(out.resolve("index.html"), page);
  }

  private static String text(ZipFile zip, ZipEntry entry) throws IOException {
    try (InputStream in = zip.getInputStream(entry)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> walk = Files.walk(folder)) {
      for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
