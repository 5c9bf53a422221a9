package dev.corral.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminKeyTest {
  @TempDir private Path home;

  @Test
  void itIsMadeOnceAndReadableByItsOwnerOnly() throws IOException {
    AdminKey made = ready(AdminKey.ensure(home));

    assertThat(made.secret()).matches("corral_[0-9A-Za-z]{43}");
    assertThat(ready(AdminKey.ensure(home)).secret()).isEqualTo(made.secret());
    assertThat(ready(AdminKey.read(home)).secret()).isEqualTo(made.secret());
    assertThat(mode()).isEqualTo("rw-------");
    assertThat(made.toString()).isEqualTo("AdminKey");
  }

  @Test
  void aFileThatOthersCouldReadIsClosedAndAnEmptyOneFilled() throws IOException {
    Files.createFile(home.resolve(AdminKey.FILE));
    AdminKey made = ready(AdminKey.ensure(home));
    Files.setPosixFilePermissions(
        home.resolve(AdminKey.FILE), PosixFilePermissions.fromString("rw-r--r--"));

    assertThat(ready(AdminKey.ensure(home)).secret()).isEqualTo(made.secret());
    assertThat(mode()).isEqualTo("rw-------");
  }

  @Test
  void aServerProvesThatItHoldsTheKeyWithoutShowingIt() {
    AdminKey key = ready(AdminKey.ensure(home));
    String proof = key.proof("challenge");

    assertThat(proof).matches("[0-9a-f]{64}").doesNotContain(key.secret());
    assertThat(key.proves("challenge", proof)).isTrue();
    assertThat(key.proves("another", proof)).isFalse();
    assertThat(key.proves("challenge", "")).isFalse();
  }

  @Test
  void whatIsNoKeyOrMissingIsSaidWithTheWayOut() throws IOException {
    assertThat(AdminKey.read(home).toString()).contains("There is no", "Start the server");
    Files.writeString(home.resolve(AdminKey.FILE), "password1\n");
    assertThat(AdminKey.ensure(home).toString())
        .contains("does not hold a key", "Delete it and start the server")
        .doesNotContain("password1");
    assertThat(AdminKey.ensure(home.resolve("nowhere")).toString())
        .contains("could not be made by the user");
  }

  private String mode() throws IOException {
    return PosixFilePermissions.toString(
        Files.getPosixFilePermissions(home.resolve(AdminKey.FILE)));
  }

  private static AdminKey ready(AdminKey.Found found) {
    assertThat(found).isInstanceOf(AdminKey.Found.Ready.class);
    return ((AdminKey.Found.Ready) found).key();
  }
}
