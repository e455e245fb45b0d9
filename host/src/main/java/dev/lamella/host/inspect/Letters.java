package dev.lamella.host.inspect;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A letter for each storage server, the same one in each image: that of the number at the end of
 * its name, or of the name's hash. Only where two servers of one image have the same, or there are
 * over 52, one of them has another.
 */
final class Letters {
  private static final int COUNT = 52;
  private static final Pattern NUMBER = Pattern.compile("(\\d{1,9})$");

  private final Map<String, Integer> numbers;

  private Letters(Map<String, Integer> numbers) {
    this.numbers = numbers;
  }

  static Letters of(Set<String> servers) {
    Map<String, Integer> numbers = new HashMap<>();
    BitSet taken = new BitSet();
    for (String server : new TreeSet<>(servers)) {
      int number = wanted(server);
      for (int tries = 1; taken.get(number) && tries < COUNT; tries++) {
        number = (number + 1) % COUNT;
      }
      taken.set(number);
      numbers.put(server, number);
    }
    return new Letters(numbers);
  }

  private static int wanted(String server) {
    Matcher number = NUMBER.matcher(server);
    return number.find()
        ? Integer.parseInt(number.group(1)) % COUNT
        : Math.floorMod(server.hashCode(), COUNT);
  }

  /** From 0 on. */
  int number(String server) {
    return numbers.getOrDefault(server, 0);
  }

  /** That of a number: A to Z, then a to z. */
  static char of(int number) {
    return (char) (number < 26 ? 'A' + number : 'a' + number - 26);
  }
}
