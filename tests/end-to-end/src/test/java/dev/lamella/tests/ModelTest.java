package dev.lamella.tests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A store on the embedded stack does what a small model of it does, whatever happens to it: pushes,
 * deletes, pulls, collection and verification at once, damage, killed functions, the whole store
 * killed, failing services, late events, jumps of the clock. The moves follow from a seed.
 *
 * <p>Settings: {@code -Dmodel.seed}, {@code -Dmodel.moves} (the most in a run), {@code
 * -Dmodel.seconds} (after which no further run or move begins), {@code -Dmodel.shrink=true} to look
 * for fewer moves that fail too.
 */
class ModelTest {
  private static final int MOVES_IN_A_RUN = 300;

  /** Its first 40 moves have some of each kind: a short run is worth as much as it can be. */
  private static final long USUAL_SEED = 91_989;

  @TempDir private Path directory;

  @Test
  void store_whateverHappens_agreesWithTheModel() throws Exception {
    long seed = Long.getLong("model.seed", USUAL_SEED);
    int most = Integer.getInteger("model.moves", MOVES_IN_A_RUN);
    Instant end = Instant.now().plusSeconds(Integer.getInteger("model.seconds", 20));
    int total = 0;
    int deaths = 0;
    do {
      List<Move> moves = new ArrayList<>();
      System.out.printf("Model: seed %d%n", seed);
      Run run = run(new Random(seed), most, end, moves);
      total += moves.size();
      deaths += run.deaths();
      if (run.failure().isPresent()) {
        throw new AssertionError(explain(seed, moves, run.failure().get()), run.failure().get());
      }
      seed++;
    } while (Instant.now().isBefore(end));
    System.out.printf("Model: %d moves agreed; the store was killed %d times%n", total, deaths);
  }

  /** What came of a run. */
  private record Run(Optional<Throwable> failure, int deaths) {}

  private Run run(Random random, int most, Instant end, List<Move> moves) throws IOException {
    Path data = Files.createTempDirectory(directory, "run");
    try (ModelRun run = new ModelRun(data)) {
      try {
        while (moves.size() < most && Instant.now().isBefore(end)) {
          moves.add(Move.by(random));
          run.make(moves.getLast());
        }
        run.end();
        return new Run(Optional.empty(), run.deaths());
      } catch (Exception | AssertionError e) {
        return new Run(Optional.of(e), run.deaths());
      }
    }
  }

  private String explain(long seed, List<Move> moves, Throwable failure) throws IOException {
    List<Move> least = Boolean.getBoolean("model.shrink") ? shrunk(moves) : moves;
    return """
    the store does not agree with the model: %s
    again: -Dtest=ModelTest -Dmodel.seed=%d -Dmodel.moves=%d -Dmodel.seconds=600 (-Dmodel.shrink=true)
    after: %s\
    """
        .formatted(
            failure.getMessage(),
            seed,
            moves.size(),
            least.stream().map(Move::toString).collect(Collectors.joining("\n       ")));
  }

  /** Leaves out what is not needed to fail: halves, then quarters, and so on. */
  private List<Move> shrunk(List<Move> moves) throws IOException {
    Instant end = Instant.now().plus(Duration.ofMinutes(10));
    List<Move> least = moves;
    for (int part = least.size() / 2; part > 0 && Instant.now().isBefore(end); part /= 2) {
      for (int from = 0; from < least.size() && Instant.now().isBefore(end); ) {
        List<Move> fewer = new ArrayList<>(least);
        fewer.subList(from, Math.min(least.size(), from + part)).clear();
        if (fails(fewer)) {
          least = fewer;
        } else {
          from += part;
        }
      }
    }
    return least;
  }

  private boolean fails(List<Move> moves) throws IOException {
    try (ModelRun run = new ModelRun(Files.createTempDirectory(directory, "shrink"))) {
      for (Move move : moves) {
        run.make(move);
      }
      run.end();
      return false;
    } catch (Exception | AssertionError e) {
      return true;
    }
  }
}
