// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <morgana/count_text.hpp>
#include <morgana/metrics.hpp>
#include <morgana/stage.hpp>
#include <morgana/traces.hpp>

#include "start_time.hpp"
#include "statement.hpp"
#include "synthesis/synthesis.hpp"

namespace morgana::write_pcap {
namespace {

using namespace synthesis;

/// Linux takes no less from the other end (TCP_MIN_MSS).
constexpr int kLeastSegment = 88;

template <typename T>
T chosen(const Choice& choice, std::initializer_list<std::pair<std::string_view, T>> values) {
  for (const auto& [text, value] : values)
    if (choice == text) return value;
  throw Error("\"{}\" is not known", choice.text);
}

Add chosen_addition(const Choice& choice) {
  return chosen<Add>(choice, {{"auto", Add::kAuto}, {"never", Add::kNever}, {"always", Add::kAlways}});
}

void write_text(const std::filesystem::path& file, const std::string& text) {
  if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path());
  std::ofstream out(file, std::ios::binary);
  out << text;
  out.close();
  if (!out) throw Error("cannot write {}", file.string());
}

/// Writes traces as a capture file: packets with headers, checksums and a stated filler for payload.
class WritePcap final : public Stage {
  In<Traces> traces{*this, "traces",
                    "Traces to write, real or generated, with the channels PL, IAT and DIR, and WIN and FLAGS where "
                    "there are. Each becomes one biflow."};
  Out<Metrics> accounting{
      *this, "accounting",
      "For each field in how many packets it was generated (it is the trace's), derived (it follows "
      "from the trace) or filled in; how many packets were added or split, and what could not be "
      "written as it was."};
  Param<OutputPath> path{*this, "path", {.doc = "The capture to write, such as \"traffic.pcapng\"."}};
  Param<Choice> format{
      *this,
      "format",
      {.value = Choice{"auto"},
       .choices = {"auto", "pcapng", "pcap"},
       .doc = "auto: pcap where the path ends in .pcap, else pcapng. pcapng says in the file that it is "
              "synthetic, with the accounting; pcap has no place for words, so it asks for "
              "`accounting_file`."}};
  Param<Choice> resolution{*this,
                           "resolution",
                           {.value = Choice{"nanoseconds"},
                            .choices = {"nanoseconds", "microseconds"},
                            .doc = "Of times; each IAT is rounded to it by itself."}};
  Param<OutputPath> labels_file{
      *this,
      "labels_file",
      {.value = OutputPath{},
       .doc = "A CSV to write beside it, a line a biflow: src_ip, src_port, dst_ip, dst_port, "
              "protocol, label; client first. Empty: none."}};
  Param<OutputPath> accounting_file{
      *this,
      "accounting_file",
      {.value = OutputPath{}, .doc = "A text to write beside it: what a pcapng file says of itself. Empty: none."}};
  Param<Choice> protocol{*this,
                         "protocol",
                         {.value = Choice{"auto"},
                          .choices = {"auto", "tcp", "udp"},
                          .doc = "auto: of the trace's key; without a key UDP where WIN is 0 throughout, else TCP."}};
  Param<Choice> ip{*this,
                   "ip",
                   {.value = Choice{"auto"},
                    .choices = {"auto", "ipv4", "ipv6"},
                    .doc = "auto: that of the trace's key; without a key IPv4."}};
  Param<Choice> addresses{*this,
                          "addresses",
                          {.value = Choice{"documentation"},
                           .choices = {"documentation", "key"},
                           .doc = "documentation: addresses that are nobody's (RFC 5737, RFC 3849) and ports of their "
                                  "own for each biflow; key: addresses and ports of the trace's key, which may be "
                                  "those of real hosts."}};
  Param<Choice> ports{*this,
                      "ports",
                      {.value = Choice{"filled"},
                       .choices = {"filled", "key"},
                       .doc = "Server's port. filled: `server_port`; key: that of the trace's key. A well-known one "
                              "makes Wireshark dissect the filler as the protocol it is not, and call it malformed."}};
  Param<int> server_port{*this,
                         "server_port",
                         {.value = 50443,
                          .min = 1,
                          .max = 65535,
                          .doc = "Port of all servers.",
                          .origin = "a port without a protocol, so that Wireshark shows data"}};
  Param<Choice> handshake{
      *this,
      "handshake",
      {.value = Choice{"auto"},
       .choices = {"auto", "never", "always"},
       .doc = "TCP: whether SYN, SYN-ACK and ACK are added. auto: where the trace does not begin with "
              "its own; always: whatever it begins with."}};
  Param<Choice> acks{*this,
                     "acks",
                     {.value = Choice{"auto"},
                      .choices = {"auto", "never", "always"},
                      .doc = "TCP: whether delayed acknowledgements are added. auto: where the trace has no packet "
                             "without payload."}};
  Param<Choice> close{*this,
                      "close",
                      {.value = Choice{"auto"},
                       .choices = {"auto", "never", "always"},
                       .doc = "TCP: whether FIN, FIN and ACK are added. auto: where the trace has no packet without "
                              "payload; one that ends as a close does gets its FINs there. never: no FIN at all."}};
  Param<int> mss{*this,
                 "mss",
                 {.value = 0,
                  .unit = "bytes",
                  .min = 0,
                  .max = 65483,
                  .doc = "TCP's maximum segment size; 0: 1460 over IPv4, 1440 over IPv6.",
                  .origin = "an MTU of 1500"}};
  Param<bool> split{*this,
                    "split",
                    {.value = true,
                     .doc = "Writes a TCP packet above the maximum segment size as several segments of the same time. "
                            "false: as one, up to 65483 bytes, as a capture with receive offload has them. UDP "
                            "datagrams stay whole up to 65507 bytes."}};
  Param<bool> timestamps{
      *this, "timestamps", {.value = false, .doc = "TCP timestamps (RFC 7323), which take 12 bytes of each segment."}};
  Param<int> window{*this,
                    "window",
                    {.value = 65535,
                     .min = 1,
                     .max = 65535,
                     .doc = "TCP window field, before scaling, where the trace has no WIN or 0."}};
  Param<double> round_trip{*this,
                           "round_trip",
                           {.value = 0.04,
                            .unit = "s",
                            .min = 0,
                            .max = 60,
                            .doc = "From SYN to SYN-ACK, and from FIN to FIN, where they are added."}};
  Param<Choice> filler{*this,
                       "filler",
                       {.value = Choice{"text"},
                        .choices = {"text", "zero", "random"},
                        .doc = "What payloads are made of; never real bytes. text: \"morgana synthetic payload \" over "
                               "and over; random: bytes of the seed, some of which Wireshark takes for malformed "
                               "packets of other protocols."}};
  Param<std::string> start{*this,
                           "start",
                           {.value = std::string("2020-01-01T00:00:00Z"),
                            .doc = "Time of the first packet, UTC. Not the clock's: equal traces give equal files.",
                            .origin = "any fixed date serves"}};
  Param<Choice> arrival{*this,
                        "arrival",
                        {.value = Choice{"poisson"},
                         .choices = {"poisson", "together"},
                         .doc = "When biflows start. poisson: in shuffled order with exponential gaps; together: all "
                                "at `start`."}};
  Param<double> mean_gap{*this,
                         "mean_gap",
                         {.value = 1.0,
                          .unit = "s",
                          .min = 0,
                          .max = 86400,
                          .doc = "Mean gap between the starts of biflows, with arrival poisson."}};
  Param<Choice> comments{
      *this,
      "comments",
      {.value = Choice{"biflows"},
       .choices = {"none", "biflows", "added"},
       .doc = "Comments on packets of a pcapng file. biflows: the first packet of each tells its class; "
              "added: also each packet that is added, a part of one, or a late acknowledgement."}};
  Seed seed{*this};
  Check ends_as_its_format{*this, [this] {
                             const auto extension = path->path.extension().string();
                             if (extension == (is_pcap() ? ".pcapng" : ".pcap"))
                               throw Error("the path ends in {}, but the format is {}", extension, format->text)
                                   .hint(fmt::format("set \"format\": \"{}\", or give a path that ends in .{}",
                                                     extension.substr(1), format->text));
                           }};
  Check has_place_for_the_accounting{
      *this, [this] {
        if (is_pcap() && accounting_file->path.empty())
          throw Error("pcap has no place to say which fields are generated, derived and filled in")
              .hint("set accounting_file, such as \"traffic.accounting.txt\", or write pcapng");
      }};
  Check segments_hold_something{*this, [this] {
                                  if (*mss > 0 && *mss < kLeastSegment)
                                    throw Error("an mss of {} is below {}", *mss, kLeastSegment)
                                        .hint("give 0 for the usual one, or a larger number");
                                }};
  Check start_is_a_time{*this, [this] { parse_start(*start); }};

  bool is_pcap() const { return *format == "pcap" || (*format == "auto" && path->path.extension() == ".pcap"); }

  void run(Context& context) override {
    const auto& file = path->path;
    const Synthesis synthesis(*traces, options(), *seed);
    const auto& account = synthesis.accounting();
    if (account.counts.total() == 0) context.log().warning("there is no packet to write");
    for (const auto& change : changes(account))
      if (change.warn) context.log().warning("{} x {}", change.count, change.what);

    const auto said = statement(account, *traces, described());
    if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path());
    CaptureWriter writer(file, is_pcap() ? CaptureFormat::kPcap : CaptureFormat::kPcapng, chosen_resolution(),
                         "morgana " MORGANA_VERSION, said);
    synthesis.write(writer, [&](std::uint64_t packets) {
      context.check_stop();
      context.progress({packets, account.counts.total(), "packets"});
    });
    writer.close();
    if (!labels_file->path.empty()) write_text(labels_file->path, synthesis.labels_csv());
    if (!accounting_file->path.empty()) {
      std::string text;
      for (const auto& line : said) text += line + "\n";
      write_text(accounting_file->path, text);
    }
    accounting = metrics_of(account, said);
    context.log().info("wrote {}, {}", count_text(account.tcp_biflows + account.udp_biflows, "biflow"),
                       count_text(account.counts.total(), "packet"));
  }

  /// The parameters that a reader of the file may want to know, and the seed.
  std::string described() const {
    return fmt::format(
        "seed {}; filler of the payloads: {}; addresses: {}; handshake {}, acks {}, close {}; split {}; arrival {}",
        *seed, filler->text, addresses->text, handshake->text, acks->text, close->text, *split, arrival->text);
  }

  TimeResolution chosen_resolution() const {
    return *resolution == "nanoseconds" ? TimeResolution::kNanoseconds : TimeResolution::kMicroseconds;
  }

  SynthesisOptions options() const {
    SynthesisOptions made;
    made.protocol = chosen<ProtocolChoice>(
        *protocol, {{"auto", ProtocolChoice::kAuto}, {"tcp", ProtocolChoice::kTcp}, {"udp", ProtocolChoice::kUdp}});
    made.version = chosen<VersionChoice>(
        *ip, {{"auto", VersionChoice::kAuto}, {"ipv4", VersionChoice::kIpv4}, {"ipv6", VersionChoice::kIpv6}});
    if (*addresses == "key") made.key_use = KeyUse::kEndpoints;
    else if (*ports == "key") made.key_use = KeyUse::kServerPort;
    made.server_port = static_cast<std::uint16_t>(*server_port);
    made.additions = {chosen_addition(*handshake), chosen_addition(*acks), chosen_addition(*close)};
    made.maximum_segment = static_cast<std::uint16_t>(*mss);
    made.split = *split;
    made.timestamps = *timestamps;
    made.window = static_cast<std::uint16_t>(*window);
    made.round_trip_seconds = *round_trip;
    made.filler = chosen<FillerKind>(
        *filler, {{"text", FillerKind::kText}, {"zero", FillerKind::kZero}, {"random", FillerKind::kRandom}});
    made.resolution = chosen_resolution();
    made.start_nanoseconds = parse_start(*start);
    made.arrival = *arrival == "poisson" ? Arrival::kPoisson : Arrival::kTogether;
    made.mean_gap_seconds = *mean_gap;
    made.comments = chosen<PacketComments>(
        *comments,
        {{"none", PacketComments::kNone}, {"biflows", PacketComments::kBiflows}, {"added", PacketComments::kAdded}});
    return made;
  }
};

}  // namespace
}  // namespace morgana::write_pcap

MORGANA_PLUGIN("pcap_writer", "1.0.0", "Writes traces as packets, for Wireshark and whatever else reads captures.",
               morgana::stage<morgana::write_pcap::WritePcap>("write.pcap"));
