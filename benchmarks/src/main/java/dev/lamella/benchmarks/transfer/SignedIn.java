package dev.lamella.benchmarks.transfer;

import dev.lamella.benchmarks.report.Comparison;
import dev.lamella.benchmarks.report.Comparison.Goal;
import dev.lamella.benchmarks.report.Reading;
import dev.lamella.benchmarks.report.Results;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Pushes and pulls of an image at a store that asks who calls, against the same at one that takes
 * everybody alike.
 */
final class SignedIn {
  private static final int LAYERS = 8;
  private static final int WARM_UPS = 2;

  /** Of the time; a token is a request more, to a function that is there. */
  private static final double TARGET = 1.1;

  private final Path template;
  private final Workspace workspace;
  private final Timer timer;

  private final List<Double> pushes = new ArrayList<>();
  private final List<Double> openPushes = new ArrayList<>();
  private final List<Double> pulls = new ArrayList<>();
  private final List<Double> openPulls = new ArrayList<>();

  SignedIn(Path template, Workspace workspace, Timer timer) {
    this.template = template;
    this.workspace = workspace;
    this.timer = timer;
  }

  /**
   * @param size of all layers together, in bytes
   * @throws IOException also where sign-in makes more requests than one for a token
   */
  void run(long size, int rounds, Results results) throws IOException {
    try (AskingStore asking = AskingStore.start(template, workspace.make("asking"), true);
        AskingStore open = AskingStore.start(template, workspace.make("open"), false)) {
      for (int round = -WARM_UPS; round < rounds; round++) {
        round(round, size / LAYERS, asking, open);
      }
      results.addComparisons(
          List.of(
              comparison("push, signed in", "push", pushes, openPushes),
              comparison("pull, signed in", "pull", pulls, openPulls)));
      // Of each: a push and a pull.
      double runs = 2.0 * (rounds + WARM_UPS);
      results.addReadings(
          List.of(
              new Reading("requests for tokens, a push or pull", asking.tokens() / runs, ""),
              new Reading("other requests, signed in", asking.others() / runs, ""),
              new Reading("other requests, open", open.others() / runs, "")));
      if (asking.tokens() != Math.round(runs) || asking.refused() > 0 || open.tokens() > 0) {
        throw new IOException(
            "sign-in makes more than one request: %d for tokens in %.0f pushes and pulls, %d refused"
                .formatted(asking.tokens(), runs, asking.refused()));
      }
    }
  }

  private void round(int round, long size, AskingStore asking, AskingStore open)
      throws IOException {
    boolean counts = round >= 0;
    String label = counts ? Integer.toString(round + 1) : "warm-up";
    RandomImage image = RandomImage.make(workspace.make("image"), LAYERS, size);
    String name = "team/app" + (round + WARM_UPS);
    for (AskingStore store : round % 2 == 0 ? List.of(asking, open) : List.of(open, asking)) {
      boolean isAsking = store.equals(asking);
      String who = isAsking ? "signed in " : "open ";
      double push = timer.time("push " + who + label, () -> store.push(image, name));
      Path target = workspace.make("pulled");
      double pull = timer.time("pull " + who + label, () -> store.pull(name, target));
      if (counts) {
        (isAsking ? pushes : openPushes).add(push);
        (isAsking ? pulls : openPulls).add(pull);
      }
      workspace.delete("pulled");
    }
    workspace.delete("image");
  }

  private static Comparison comparison(
      String name, String way, List<Double> ours, List<Double> others) {
    return new Comparison(
        name, way + ", signed in", way + ", open", Goal.TIMES_AS_LONG, TARGET, ours, others);
  }
}
