package dev.lamella.tests;

import dev.lamella.core.api.VerificationList;
import dev.lamella.core.api.VerificationReport;
import dev.lamella.core.report.Report.State;
import dev.lamella.core.report.ReportId;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Verifications by the API. */
final class Verifications {
  private static final Duration LONGEST = Duration.ofMinutes(4);

  private Verifications() {}

  static VerificationReport start(RawHost host, String request) throws IOException {
    HttpResponse<byte[]> answer = host.call("POST", "/v1/verifications", request);
    return RawHost.read(answer, 202, VerificationReport.class);
  }

  static VerificationReport get(RawHost host, ReportId id) throws IOException {
    HttpResponse<byte[]> answer = host.call("GET", "/v1/verifications/" + id, "");
    return RawHost.read(answer, 200, VerificationReport.class);
  }

  /** The report, once it is done. */
  static VerificationReport await(RawHost host, ReportId id)
      throws IOException, InterruptedException {
    VerificationReport report = get(host, id);
    long end = System.nanoTime() + LONGEST.toNanos();
    while (report.state() == State.RUNNING) {
      if (System.nanoTime() > end) {
        throw new AssertionError("still running: " + report);
      }
      Thread.sleep(50);
      report = get(host, id);
    }
    return report;
  }

  /** All reports with their findings, those that started last first. */
  static List<VerificationReport> all(RawHost host) throws IOException {
    List<VerificationReport> reports = new ArrayList<>();
    String query = "";
    while (true) {
      HttpResponse<byte[]> answer = host.call("GET", "/v1/verifications" + query, "");
      VerificationList page = RawHost.read(answer, 200, VerificationList.class);
      for (VerificationReport report : page.verifications()) {
        reports.add(get(host, report.id()));
      }
      if (page.next().isEmpty()) {
        return reports;
      }
      query = "?last=" + page.next().get();
    }
  }
}
