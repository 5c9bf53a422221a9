package dev.corral.outbound;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// Which addresses belong to the public network. A name that data chose may lead nowhere else: not
/// to this machine, not to its network, not to a cloud's metadata.
final class Addresses {
  /// The addresses that begin with these bits.
  private static final class Block {
    private final byte[] prefix;
    private final int bits;

    Block(byte[] prefix, int bits) {
      this.prefix = prefix;
      this.bits = bits;
    }

    boolean holds(byte[] address) {
      if (address.length != prefix.length) {
        return false;
      }
      for (int i = 0; i < bits; i++) {
        int mask = 0x80 >> (i % 8);
        if ((address[i / 8] & mask) != (prefix[i / 8] & mask)) {
          return false;
        }
      }
      return true;
    }
  }

  /// The IANA registries of special-purpose addresses, as far as they are not public.
  private static final List<Block> RESERVED =
      blocks(
          "0.0.0.0/8",
          "10.0.0.0/8",
          "100.64.0.0/10",
          "127.0.0.0/8",
          "169.254.0.0/16",
          "172.16.0.0/12",
          "192.0.0.0/24",
          "192.0.2.0/24",
          "192.88.99.0/24",
          "192.168.0.0/16",
          "198.18.0.0/15",
          "198.51.100.0/24",
          "203.0.113.0/24",
          "224.0.0.0/4",
          "240.0.0.0/4",
          "::/96",
          "64:ff9b:1::/48",
          "100::/64",
          "2001::/23",
          "2001:db8::/32",
          "3fff::/20",
          "5f00::/16",
          "fc00::/7",
          "fe80::/10",
          "fec0::/10",
          "ff00::/8");

  /// Addresses that carry an IPv4 address within: NAT64 in its last four bytes, 6to4 behind its
  /// first two.
  private static final Block NAT64 = block("64:ff9b::/96");

  private static final Block SIX_TO_FOUR = block("2002::/16");

  /// Where clouds hand out credentials to anybody who asks from inside.
  private static final Set<String> METADATA =
      Set.of("169.254.169.254", "169.254.170.2", "100.100.100.200", "fd00:ec2:0:0:0:0:0:254");

  private Addresses() {}

  static boolean isPublic(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (address instanceof Inet6Address) {
      if (NAT64.holds(bytes)) {
        return isPublic(inner(bytes, 12));
      }
      if (SIX_TO_FOUR.holds(bytes)) {
        return isPublic(inner(bytes, 2));
      }
    }
    return RESERVED.stream().noneMatch(block -> block.holds(bytes));
  }

  /// True for a name that means something within a house only, as far as its text tells.
  static boolean looksPrivate(String host) {
    try {
      return !isPublic(InetAddress.ofLiteral(host));
    } catch (IllegalArgumentException e) {
      return !host.contains(".") || host.endsWith(".lan") || host.endsWith(".local");
    }
  }

  /// True for what even a registry that the operator named may not be.
  static boolean never(InetAddress address) {
    return METADATA.contains(address.getHostAddress())
        || address.isMulticastAddress()
        || address.isAnyLocalAddress()
        || (address instanceof Inet4Address && (address.getAddress()[0] & 0xff) == 0xff);
  }

  private static InetAddress inner(byte[] bytes, int from) {
    try {
      return InetAddress.getByAddress(Arrays.copyOfRange(bytes, from, from + 4));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  private static List<Block> blocks(String... texts) {
    return Arrays.stream(texts).map(Addresses::block).toList();
  }

  private static Block block(String text) {
    int slash = text.indexOf('/');
    byte[] prefix = InetAddress.ofLiteral(text.substring(0, slash)).getAddress();
    return new Block(prefix, Integer.parseInt(text.substring(slash + 1)));
  }
}
