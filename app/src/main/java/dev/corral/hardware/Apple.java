package dev.corral.hardware;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Apple's chips: processor and GPU share one memory, of which Metal may take a part. The part is
/// the system's choice unless `iogpu.wired_limit_mb` says otherwise.
final class Apple {
  private static final long SMALL = 36L << 30; // up to here two thirds, above three quarters

  private final Commands commands;

  Apple(Commands commands) {
    this.commands = commands;
  }

  Optional<Gpu> gpu(HostMemory host) {
    OptionalLong memory = number("hw.memsize");
    Optional<String> chip =
        sysctl("machdep.cpu.brand_string").filter(name -> name.startsWith("Apple"));
    if (memory.isEmpty() || chip.isEmpty()) {
      return Optional.empty();
    }
    long all = memory.getAsLong();
    long limit = number("iogpu.wired_limit_mb").orElse(0) << 20;
    long usual = all <= SMALL ? all / 3 * 2 : all / 4 * 3;
    long total = limit > 0 ? limit : usual;
    return Optional.of(
        new Gpu(
            "apple",
            chip.get(),
            Gpu.Vendor.APPLE,
            OptionalLong.of(total),
            OptionalLong.of(Math.min(total, host.freeBytes())),
            true,
            "Metal",
            "sysctl"));
  }

  private OptionalLong number(String name) {
    return sysctl(name)
        .filter(text -> text.matches("\\d{1,18}"))
        .map(text -> OptionalLong.of(Long.parseLong(text)))
        .orElse(OptionalLong.empty());
  }

  private Optional<String> sysctl(String name) {
    return commands.output(List.of("sysctl", "-n", name)).map(String::strip);
  }
}
