package dev.corral.access;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The key of the home, in `admin.key`, readable by its owner only. The command line on the same
/// machine uses it, and shows it to no server that has not proved to hold it: hex HMAC-SHA256 of a
/// challenge under this key.
public final class AdminKey {
  public static final String FILE = "admin.key";

  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
  private static final Pattern FORM = Pattern.compile("corral_[0-9A-Za-z]{43}");

  private final String secret;
  private final Secret.Hash hash;

  private AdminKey(String secret) {
    this.secret = secret;
    this.hash = Secret.hash(secret);
  }

  /// What became of looking for the key.
  public sealed interface Found {
    record Ready(AdminKey key) implements Found {}

    /// @param message for the operator's terminal
    /// @param next what to do now
    record Refused(String message, String next) implements Found {}
  }

  /// The home's key; made where there is none. For the server.
  public static Found ensure(Path home) {
    Path file = home.resolve(FILE);
    try {
      if (!Files.exists(file) || Files.size(file) == 0) {
        write(file);
      }
      return read(home);
    } catch (IOException e) {
      return unusable(file, "could not be made");
    }
  }

  /// The home's key, which must be there. For the command line.
  public static Found read(Path home) {
    Path file = home.resolve(FILE);
    try {
      String text = Files.readString(file).strip();
      if (!FORM.matcher(text).matches()) {
        return new Found.Refused(
            file + " does not hold a key", "Delete it and start the server; it makes a new one.");
      }
      if (posix(file) && !Files.getPosixFilePermissions(file).equals(OWNER_ONLY)) {
        Files.setPosixFilePermissions(file, OWNER_ONLY);
      }
      return new Found.Ready(new AdminKey(text));
    } catch (NoSuchFileException e) {
      return new Found.Refused(
          "There is no " + file, "Start the server with this home once; it makes one.");
    } catch (IOException e) {
      return unusable(file, "could not be read");
    }
  }

  /// Shown only to a server whose [#proof] was right.
  public String secret() {
    return secret;
  }

  /// Hex HMAC-SHA256 of the challenge.
  public String proof(String challenge) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(challenge.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has HMAC-SHA256", e);
    }
  }

  /// True where that proof answers that challenge.
  public boolean proves(String challenge, String proof) {
    return MessageDigest.isEqual(
        proof(challenge).getBytes(StandardCharsets.UTF_8), proof.getBytes(StandardCharsets.UTF_8));
  }

  boolean is(Secret.Hash shown) {
    return hash.equals(shown);
  }

  @Override
  public String toString() {
    return "AdminKey";
  }

  private static void write(Path file) throws IOException {
    FileAttribute<?>[] attributes =
        posix(file)
            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
            : new FileAttribute<?>[0];
    try {
      Files.createFile(file, attributes);
    } catch (FileAlreadyExistsException e) {
      if (posix(file)) {
        Files.setPosixFilePermissions(file, OWNER_ONLY); // empty since a crash
      }
    }
    Files.writeString(
        file, Secret.random() + "\n", StandardOpenOption.SYNC, StandardOpenOption.WRITE);
  }

  private static boolean posix(Path file) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  private static Found.Refused unusable(Path file, String what) {
    return new Found.Refused(
        file + " " + what + " by the user " + System.getProperty("user.name"),
        "Give that user the file and its folder, or name another home with --home or CORRAL_HOME.");
  }
}
