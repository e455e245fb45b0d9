package dev.lamella.verifier;

import dev.lamella.aws.Adapters;
import dev.lamella.aws.Environment;
import dev.lamella.core.chain.ChainEngine;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.ReportIndex;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.Verifiers;
import dev.lamella.core.port.WorkIndex;
import dev.lamella.core.verify.Coverage;
import dev.lamella.core.verify.DeepCheck;
import dev.lamella.core.verify.LayersInScope;
import dev.lamella.core.verify.LightCheck;
import dev.lamella.core.verify.Settle;
import dev.lamella.core.verify.StartVerification;
import dev.lamella.core.verify.VerifyBatch;
import dev.lamella.core.verify.VerifySettings;
import dev.lamella.core.verify.Walk;
import java.time.InstantSource;
import java.util.Map;

/** Puts verification together from a function's environment. */
record Wiring(StartVerification startVerification, Walk walk, VerifyBatch verifyBatch) {
  static Wiring of(Map<String, String> variables, InstantSource clock) {
    Environment environment = new Environment(variables);
    Adapters adapters = new Adapters(environment);
    VerifySettings settings = environment.verification();
    LayerIndex layers = adapters.layers();
    ShardIndex shards = adapters.shards();
    ShardStore store = adapters.shardStore();
    ReportIndex reports = adapters.reports();
    WorkIndex works = adapters.works();
    // Itself: naming it in the template would make the function depend on itself.
    Verifiers verifiers =
        adapters.verifiers(environment.required("AWS_LAMBDA_FUNCTION_NAME") + ":live");
    LayersInScope inScope = new LayersInScope(layers, adapters.images());
    Settle settle =
        new Settle(
            layers, shards, reports, works, new Coverage(reports, inScope, settings, clock), clock);
    return new Wiring(
        new StartVerification(reports, inScope, verifiers, settings, clock),
        new Walk(reports, works, inScope, verifiers, settle, settings, clock),
        new VerifyBatch(
            layers,
            shards,
            reports,
            works,
            new LightCheck(store),
            new DeepCheck(store, ChainEngine.best()),
            settle));
  }
}
