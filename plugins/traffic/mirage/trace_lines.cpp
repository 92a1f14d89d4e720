// SPDX-License-Identifier: Apache-2.0
#include "trace_documents.hpp"

/// The account that `TraceDocuments` keeps: a line for each way in which a field may get its values.
namespace morgana::mirage_format {
namespace {

constexpr auto kGiven = Source::kGenerated;
constexpr auto kMade = Source::kDerived;
constexpr auto kFilled = Source::kFilledIn;

}  // namespace

void TraceDocuments::open_packet_lines() {
  auto& account = accounting_;
  auto& key = lines_.key;
  key.given = account.line("key", kGiven, "keys of the traces");
  key.filled = account.line("key", kFilled,
                            "addresses from the ranges for documentation, port 443; TCP unless the "
                            "trace shows UDP");
  lines_.key_repeated = account.line("key", kFilled, "as where there is none: its own stands in the file already");
  if (has_headers(release_)) {
    auto& time = lines_.unix_seconds;
    time.derived = account.line("packet_data.timestamp", kMade, "column start, then the sums of iat");
    time.filled = account.line("packet_data.timestamp", kFilled,
                               "start of the capture and one second a biflow, then the sums of iat");
  }
  lines_.ports = account.line("packet_data.src_port, dst_port", kMade, "key and packet_dir");
  lines_.direction.given = account.line("packet_data.packet_dir", kGiven, "channel DIR");
  if (has_headers(release_)) {
    auto& length = lines_.ip_bytes;
    length.given = account.line("packet_data.IP_packet_bytes", kGiven, "channel IPLEN");
    length.derived = account.line("packet_data.IP_packet_bytes", kMade, "IP header, transport header and payload");
    auto& header = lines_.ip_header;
    header.given = account.line("packet_data.IP_header_bytes", kGiven, "channel IPHL");
    header.filled = account.line("packet_data.IP_header_bytes", kFilled, "20, of IPv6 40");
  }
  lines_.payload.given = account.line("packet_data.L4_payload_bytes", kGiven, "channel PL");
  if (has_headers(release_)) {
    auto& header = lines_.transport_header;
    header.given = account.line("packet_data.L4_header_bytes", kGiven, "channel L4HL");
    header.derived = account.line("packet_data.L4_header_bytes", kMade, "IP length less IP header and payload");
    header.filled =
        account.line("packet_data.L4_header_bytes", kFilled,
                     "UDP 8; TCP 32, of a SYN 40; where a payload leaves no room for time stamps 20 and 32");
  }
  auto& gap = lines_.inter_arrival;
  gap.given = account.line("packet_data.iat", kGiven, "channel IAT");
  gap.derived = account.line("packet_data.iat", kMade, "differences of channel TIME");
  gap.filled = account.line("packet_data.iat", kFilled, "0");
  auto& window = lines_.window;
  window.given = account.line("packet_data.TCP_win_size", kGiven, "channel WIN");
  window.filled = account.line("packet_data.TCP_win_size", kFilled, "65535, of UDP 0");
  if (has_headers(release_)) {
    auto& flags = lines_.flags;
    flags.given = account.line("packet_data.TCP_flags", kGiven, "channel FLAGS");
    flags.derived = account.line("packet_data.TCP_flags", kMade,
                                 "S and SA of a biflow that opens without payload, then A, and PA with payload");
  }
  auto& bytes = lines_.bytes;
  bytes.given = account.line("packet_data.L4_raw_payload", kGiven, "payload of the traces");
  bytes.filled = account.line("packet_data.L4_raw_payload", kFilled, "left empty");
  if (has_activity(release_))
    lines_.verdicts.filled = account.line("packet_data.is_clear, heuristic, annotations", kFilled, "null");
}

void TraceDocuments::open_flow_lines() {
  auto& account = accounting_;
  lines_.length_features.given = account.line("flow_features.packet_length", kGiven, "columns of the traces");
  lines_.gap_features.given = account.line("flow_features.iat", kGiven, "columns of the traces");
  lines_.length_features.derived = account.line(
      "flow_features.packet_length", kMade,
      ip_bytes_.index ? "channel IPLEN of the trace's packets"
                      : "estimated IP lengths of the trace's packets: payload, IP header (20, of IPv6 40) and "
                        "transport header (UDP 8; TCP 32, of a SYN 40; where a payload leaves no room for time "
                        "stamps 20 and 32)");
  lines_.gap_features.derived = account.line("flow_features.iat", kMade, "iat and packet_dir of the trace's packets");
  if (has_headers(release_)) {
    lines_.device.derived = account.line("flow_metadata.BF_device", kMade, "the address in the device's name");
    lines_.device.filled =
        account.line("flow_metadata.BF_device", kFilled, "an address from the range for documentation");
    lines_.source = account.line("flow_metadata.BF_label_source", kFilled, "morgana");
  }
  lines_.label.given = account.line("flow_metadata.BF_label", kGiven, "labels of the traces");
  lines_.label.filled = account.line("flow_metadata.BF_label", kFilled, "null");
  if (has_headers(release_)) {
    lines_.sublabel = account.line("flow_metadata.BF_sublabel", kMade, "BF_label");
    lines_.version = account.line("flow_metadata.BF_label_version_code, BF_label_version_name", kFilled, "null");
  }
  lines_.labeling_type.given = account.line("flow_metadata.BF_labeling_type", kGiven, "label source of the traces");
  lines_.labeling_type.filled = account.line("flow_metadata.BF_labeling_type", kFilled, "null");
  const std::string totals = "flow_metadata.{BF,UF,DF}_{num_packets,IP_packet_bytes,L4_payload_bytes,duration}";
  lines_.totals.given = account.line(totals, kGiven, "columns of the traces");
  lines_.totals.derived = account.line(totals, kMade, "sums over the trace's packets, IP lengths as in flow_features");
  if (has_headers(release_)) {
    lines_.options.given = account.line("flow_metadata.{UF,DF}_{MSS,WS}", kGiven, "columns of the traces");
    lines_.options.filled = account.line("flow_metadata.{UF,DF}_{MSS,WS}", kFilled, "NaN");
  }
  if (has_activity(release_)) lines_.activity = account.line("flow_metadata.BF_activity", kFilled, "null");
}

}  // namespace morgana::mirage_format
