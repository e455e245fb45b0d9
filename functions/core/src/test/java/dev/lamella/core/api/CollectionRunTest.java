package dev.lamella.core.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.api.CollectionRun.Find;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CollectionRunTest {
  private static final Instant NOW = Instant.parse("2026-11-28T00:00:00Z");

  @Test
  void after_pageThatIsLookedAtAgain_namesWhatIsKeptOnce() {
    List<Find> page = List.of(Find.kept("a", "a is damaged"), Find.of("b", 1));

    CollectionRun run =
        CollectionRun.begun(false, false, NOW)
            .within(page, NOW)
            .after(List.of(Find.kept("a", "a is damaged")), Optional.empty(), NOW);

    assertThat(run.found().getFirst().kept()).containsExactly("a is damaged");
    assertThat(run.found().getFirst().count()).isEqualTo(1);
  }
}
