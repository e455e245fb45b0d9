package dev.lamella.local.demo;

import dev.lamella.host.pull.PullReport;
import dev.lamella.host.push.PushReport;
import dev.lamella.host.push.PushReport.PushedLayer;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the demo did, for people: layers, shards by storage server, times, bytes, requests, and the
 * comparison.
 */
record DemoReport(
    PushReport push,
    PullReport pull,
    int compared,
    Duration singlePut,
    Duration singleGet,
    int shardWriters) {
  private static final int SHORT_DIGEST = 12;

  void print(PrintWriter out) {
    List<String> servers =
        push.layers().stream()
            .flatMap(layer -> layer.servers().keySet().stream())
            .distinct()
            .sorted()
            .toList();
    out.printf(
        "%n%-14s %12s %7s   shards on %s%n",
        "layer", "bytes", "shards", String.join("  ", servers));
    Map<String, Integer> totals = new TreeMap<>();
    for (PushedLayer layer : push.layers()) {
      out.printf(
          "%-14s %,12d %7d            %s%n",
          layer.digest().hex().substring(0, SHORT_DIGEST),
          layer.size(),
          layer.shards(),
          row(servers, layer.servers()));
      layer.servers().forEach((server, count) -> totals.merge(server, count, Integer::sum));
    }
    out.printf(
        "%-14s %,12d %7d            %s%n%n",
        "together",
        bytes(),
        totals.values().stream().mapToInt(Integer::intValue).sum(),
        row(servers, totals));
    out.printf("%-28s %9s %12s %9s%n", "", "seconds", "MB a second", "requests");
    line(out, "push", Duration.ofMillis(push.millis()), Long.toString(push.requests()));
    line(out, "  as a single stream", singlePut, "1");
    line(out, "pull", Duration.ofMillis(pull.millis()), Long.toString(pull.requests()));
    line(out, "  as a single stream", singleGet, "1");
    out.printf(
        "%nEvery one of %d digests is the same. Push was %.1f times as fast as the single stream,"
            + " pull %.1f times;%n%d shard-writer invocations proved and wrote the shards.%n",
        compared, ratio(singlePut, push.millis()), ratio(singleGet, pull.millis()), shardWriters);
    out.flush();
  }

  private void line(PrintWriter out, String what, Duration time, String requests) {
    double seconds = time.toMillis() / 1e3;
    out.printf("%-28s %9.2f %12.1f %9s%n", what, seconds, bytes() / 1e6 / seconds, requests);
  }

  private long bytes() {
    return push.layers().stream().mapToLong(PushedLayer::size).sum();
  }

  private static String row(List<String> servers, Map<String, Integer> counts) {
    StringBuilder row = new StringBuilder();
    servers.forEach(server -> row.append(String.format("%-4s", counts.getOrDefault(server, 0))));
    return row.toString().stripTrailing();
  }

  private static double ratio(Duration single, long millis) {
    return single.toMillis() / (double) Math.max(1, millis);
  }
}
