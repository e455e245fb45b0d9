package dev.lamella.benchmarks;

import java.io.IOException;
import org.openjdk.jmh.Main;

/**
 * Runs the benchmarks; its arguments are JMH's, first of all which ones ({@code -h} lists the
 * rest).
 */
public final class Benchmarks {
  private Benchmarks() {}

  public static void main(String[] arguments) throws IOException {
    Main.main(arguments);
  }
}
