// SPDX-License-Identifier: Apache-2.0
#include "trace_documents.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "mirage/headers.hpp"
#include "morgana/error.hpp"
#include "packets/dissect.hpp"
#include "packets/documentation.hpp"
#include "packets/mac_address.hpp"

namespace morgana::mirage_format {
namespace {

constexpr double kLargest16 = 65535, kLargest8 = 255;
constexpr std::size_t kFeaturesOfSeries = std::tuple_size_v<FlowFeatures::value_type> * std::tuple_size_v<Statistics>;
constexpr std::uint16_t kServerPort = 443;  // of keys that are made up
constexpr std::uint16_t kWindow = 65535;    // the largest unscaled one, MIRAGE's commonest first window

/// The double whose decimals are fewest among those that read back as `value`: 0.1 rather than 0.10000000149011612.
double shortest_double(float value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof(text), value).ptr;
  double result = 0;
  std::from_chars(text, end, result);
  return static_cast<float>(result) == value ? result : value;
}

}  // namespace

TraceDocuments::TraceDocuments(const Traces& traces, Release release) : traces_(traces), release_(release) {
  payload_ = channel("PL", kLargest16);
  inter_arrival_ = channel("IAT", 0);
  direction_ = channel("DIR", 0);
  window_ = channel("WIN", kLargest16);
  time_ = channel("TIME", 0);
  ip_bytes_ = channel("IPLEN", kLargest16);
  ip_header_ = channel("IPHL", kLargest16);
  transport_header_ = channel("L4HL", kLargest16);
  flags_ = channel("FLAGS", kLargest8);
  find_columns();
  for (const auto* needed : {&payload_, &direction_})
    if (!needed->index)
      throw Error("the traces have no channel \"{}\", without which there are no MIRAGE biflows", needed->name)
          .hint("read or generate traces with the channels PL and DIR, and IAT for times");
  open_packet_lines();
  open_flow_lines();
}

TraceDocuments::Channel TraceDocuments::channel(std::string_view name, double largest) const {
  return {name, traces_.find_channel(name), largest,
          fmt::format("{}: rounded to a whole number from 0 to {}", name, largest)};
}

void TraceDocuments::find_columns() {
  const auto& columns = traces_.table().columns;
  const auto find = [&](const std::string& name) {
    const auto place =
        std::find_if(columns.begin(), columns.end(), [&](const auto& each) { return each.name == name; });
    return place == columns.end() || place->values.empty() ? nullptr : &*place;
  };
  for (std::size_t flow = 0; flow < kFlows; ++flow) {
    const std::string prefix = std::array{"BF_", "UF_", "DF_"}[flow];
    totals_[flow] = {find(prefix + "num_packets"), find(prefix + "IP_packet_bytes"), find(prefix + "L4_payload_bytes"),
                     find(prefix + "duration")};
  }
  options_ = {find("UF_MSS"), find("UF_WS"), find("DF_MSS"), find("DF_WS")};
  start_ = find("start");
  for (std::size_t i = 0; i < features_.size(); ++i)
    features_[i] = find(fmt::format("{}.{}.{}", kSeriesNames[i / kFeaturesOfSeries],
                                    kFlowNames[i / kStatistics % kFlows], kStatisticNames[i % kStatistics]));
}

void TraceDocuments::fill(std::size_t row, OpenCapture& capture, BiflowDocument& document) {
  row_ = row;
  first_ = traces_.table().offsets[row];
  count_ = traces_.packets(row);
  listed_ = std::min(count_, packets_listed(release_));
  auto& packets = document.packets;
  fill_series(packets);
  fill_times(packets);
  fill_key(capture, document);
  fill_headers(packets);
  fill_window(packets);
  if (has_headers(release_)) fill_unix_times(capture, packets);
  fill_payload(packets);
  fill_totals(document);
  if (has_headers(release_)) fill_options(document);
  fill_truth(document.truth);
  ++capture.biflows;
}

float TraceDocuments::number(const Channel& channel, std::size_t packet) const {
  return traces_.table().channels[*channel.index].values[first_ + packet];
}

template <typename T>
void TraceDocuments::read_numbers(const Channel& channel, std::vector<T>& values) {
  values.clear();
  for (std::size_t i = 0; i < count_; ++i) {
    const double value = number(channel, i), whole = std::clamp(std::nearbyint(value), 0.0, channel.largest);
    if (whole != value) accounting_.change(channel.mending);
    values.push_back(static_cast<T>(whole));
  }
}

void TraceDocuments::fill_series(PacketLists& packets) {
  read_numbers(payload_, packets.payload_bytes);
  packets.direction.clear();
  for (std::size_t i = 0; i < count_; ++i) {
    const double direction = number(direction_, i);
    if (direction == 0) accounting_.change("DIR: 0, written as down");
    packets.direction.push_back(direction < 0 ? 0 : 1);
  }
  accounting_.count(lines_.direction.given, listed_);
  accounting_.count(lines_.payload.given, listed_);
}

void TraceDocuments::fill_times(PacketLists& packets) {
  auto& gaps = packets.seconds_since_previous;
  gaps.assign(count_, 0.0);
  double previous = 0;
  for (std::size_t i = 0; i < count_; ++i) {
    if (inter_arrival_.index) {
      gaps[i] = shortest_double(number(inter_arrival_, i));
    } else if (time_.index) {
      const double time = shortest_double(number(time_, i));
      gaps[i] = i == 0 ? 0 : time - previous;
      previous = time;
    }
    if (gaps[i] < 0) {
      accounting_.change("IAT: negative, written as 0");
      gaps[i] = 0;
    }
    if (i == 0 && gaps[i] > 0) {
      accounting_.change("IAT: the first packet's, written as 0");
      gaps[i] = 0;
    }
  }
  const auto& lines = lines_.inter_arrival;
  accounting_.count(inter_arrival_.index ? lines.given : time_.index ? lines.derived : lines.filled, listed_);
}

void TraceDocuments::fill_key(OpenCapture& capture, BiflowDocument& document) {
  const auto& keys = traces_.table().keys;
  const auto given = keys.empty() ? std::nullopt : packets::FlowKey::parse(keys[row_]);
  const bool unused = given && !capture.keys.contains(keys[row_]);
  if (given) key_ = *given;
  if (unused) {
    document.key = keys[row_];
  } else {
    const auto protocol = given ? given->protocol : likely_protocol();
    const auto version = given ? given->version() : likely_version();
    do {
      key_ = packets::documentation_key(capture.invented++, protocol, version, kServerPort);
      document.key = key_.text();
    } while (capture.keys.contains(document.key));
  }
  capture.keys.insert(document.key);
  document.client_port = key_.client.port;
  document.server_port = key_.server.port;
  accounting_.count(unused ? lines_.key.given : given ? lines_.key_repeated : lines_.key.filled, 1);
  accounting_.count(lines_.ports, 2 * listed_);
}

/// TCP, unless the traces hold what tells the two apart and it says UDP.
std::uint8_t TraceDocuments::likely_protocol() const {
  const auto all = [&](const Channel& channel, float value) {
    for (std::size_t i = 0; i < count_; ++i)
      if (number(channel, i) != value) return false;
    return true;
  };
  constexpr float kUdpHeader = 8;
  const bool udp = transport_header_.index ? all(transport_header_, kUdpHeader)
                   : flags_.index          ? all(flags_, 0)
                                           : window_.index && all(window_, 0);
  return udp ? packets::kUdp : packets::kTcp;
}

packets::IpVersion TraceDocuments::likely_version() const {
  if (!ip_header_.index || count_ == 0) return packets::IpVersion::k4;
  for (std::size_t i = 0; i < count_; ++i)
    if (number(ip_header_, i) < ip_header_bytes(packets::IpVersion::k6)) return packets::IpVersion::k4;
  return packets::IpVersion::k6;
}

void TraceDocuments::fill_headers(PacketLists& packets) {
  const bool tcp = key_.protocol == packets::kTcp;
  const auto count = [&](bool given, const Lines& lines, std::size_t otherwise) {
    accounting_.count(given ? lines.given : otherwise, listed_);
  };
  if (flags_.index) read_numbers(flags_, packets.flags);
  else if (tcp) packets.flags = derived_flags(packets.direction, packets.payload_bytes);
  else packets.flags.assign(count_, 0);
  count(flags_.index.has_value(), lines_.flags, lines_.flags.derived);

  if (ip_header_.index) read_numbers(ip_header_, packets.ip_header_bytes);
  else packets.ip_header_bytes.assign(count_, ip_header_bytes(key_.version()));
  count(ip_header_.index.has_value(), lines_.ip_header, lines_.ip_header.filled);

  if (ip_bytes_.index) read_numbers(ip_bytes_, packets.ip_bytes);
  else packets.ip_bytes.clear();
  if (transport_header_.index) read_numbers(transport_header_, packets.transport_header_bytes);
  else if (tcp) packets.transport_header_bytes = tcp_header_bytes(packets.flags, packets.payload_bytes, key_.version());
  else packets.transport_header_bytes.assign(count_, 8);
  if (ip_bytes_.index && !transport_header_.index) derive_transport_headers(packets);
  count(transport_header_.index.has_value(), lines_.transport_header,
        ip_bytes_.index ? lines_.transport_header.derived : lines_.transport_header.filled);

  if (!ip_bytes_.index)
    for (std::size_t i = 0; i < count_; ++i)
      packets.ip_bytes.push_back(packets.ip_header_bytes[i] + packets.transport_header_bytes[i] +
                                 packets.payload_bytes[i]);
  count(ip_bytes_.index.has_value(), lines_.ip_bytes, lines_.ip_bytes.derived);
}

/// What of the IP length is neither IP header nor payload, where that can be a header of the protocol.
void TraceDocuments::derive_transport_headers(PacketLists& packets) {
  constexpr std::uint32_t kSmallest = 20, kLargest = 60;
  if (key_.protocol != packets::kTcp) return;
  for (std::size_t i = 0; i < count_; ++i) {
    const auto rest = packets.ip_bytes[i] - packets.ip_header_bytes[i] - packets.payload_bytes[i];
    if (rest >= kSmallest && rest <= kLargest && rest % 4 == 0)
      packets.transport_header_bytes[i] = static_cast<std::uint16_t>(rest);
  }
}

void TraceDocuments::fill_window(PacketLists& packets) {
  if (window_.index) read_numbers(window_, packets.window);
  else packets.window.assign(count_, key_.protocol == packets::kTcp ? kWindow : std::uint16_t{0});
  accounting_.count(window_.index ? lines_.window.given : lines_.window.filled, listed_);
}

void TraceDocuments::fill_unix_times(OpenCapture& capture, PacketLists& packets) {
  const auto start = value(start_);
  double time = start.value_or(capture.start_seconds + static_cast<double>(capture.biflows));
  packets.unix_seconds.clear();
  for (const double gap : packets.seconds_since_previous) packets.unix_seconds.push_back(time += gap);
  accounting_.count(start ? lines_.unix_seconds.derived : lines_.unix_seconds.filled, listed_);
}

void TraceDocuments::fill_payload(PacketLists& packets) {
  packets.payload.clear();
  packets.payload_ends.clear();
  const bool given = !traces_.table().payload.offsets.empty();
  accounting_.count(given ? lines_.bytes.given : lines_.bytes.filled, listed_);
  if (!given) return;
  for (std::size_t i = 0; i < listed_; ++i) {
    auto bytes = traces_.payload(first_ + i);
    if (bytes.size() > packets.payload_bytes[i]) {
      accounting_.change("payload: more bytes than PL says, cut");
      bytes = bytes.first(packets.payload_bytes[i]);
    }
    packets.payload.insert(packets.payload.end(), bytes.begin(), bytes.end());
    packets.payload_ends.push_back(packets.payload.size());
  }
}

/// The traces' own totals and features, where they have them and these count what the file lists; else those of the
/// trace's packets.
void TraceDocuments::fill_totals(BiflowDocument& document) {
  const bool totals = take_totals(document);
  if (!totals) sum_totals(document);
  accounting_.count(totals ? lines_.totals.given : lines_.totals.derived, 12);
  const bool features = totals && take_features(document.features);
  if (!features) compute_features(document);
  accounting_.count(features ? lines_.length_features.given : lines_.length_features.derived, kFeaturesOfSeries);
  accounting_.count(features ? lines_.gap_features.given : lines_.gap_features.derived, kFeaturesOfSeries);
}

void TraceDocuments::compute_features(BiflowDocument& document) {
  const auto& packets = document.packets;
  series_.clear();
  std::array<double, 2> silence{};  // since the last packet of each direction
  std::array<bool, 2> seen{};
  for (std::size_t i = 0; i < count_; ++i) {
    const std::size_t direction = packets.direction[i];
    for (auto& seconds : silence) seconds += packets.seconds_since_previous[i];
    series_.lengths[direction].push_back(packets.ip_bytes[i]);
    if (seen[direction]) series_.gaps[direction].push_back(silence[direction]);
    seen[direction] = true;
    silence[direction] = 0;
  }
  document.features = flow_features(series_);
}

bool TraceDocuments::take_features(FlowFeatures& features) const {
  for (std::size_t i = 0; i < features_.size(); ++i) {
    if (features_[i] == nullptr) return false;
    features[i / kFeaturesOfSeries][i / kStatistics % kFlows][i % kStatistics] = features_[i]->values[row_];
  }
  return true;
}

void TraceDocuments::sum_totals(BiflowDocument& document) const {
  const auto& packets = document.packets;
  document.up = document.down = {};
  double time = 0, first_up = 0, first_down = 0;
  for (std::size_t i = 0; i < count_; ++i) {
    const bool is_up = packets.direction[i] == 0;
    auto& totals = is_up ? document.up : document.down;
    auto& first = is_up ? first_up : first_down;
    time += packets.seconds_since_previous[i];
    if (totals.packets++ == 0) first = time;
    totals.ip_bytes += packets.ip_bytes[i];
    totals.payload_bytes += packets.payload_bytes[i];
    totals.duration_seconds = time - first;
  }
  document.both = {document.up.packets + document.down.packets, document.up.ip_bytes + document.down.ip_bytes,
                   document.up.payload_bytes + document.down.payload_bytes, time};
}

/// From the traces' columns, where all are there and count what the file lists.
bool TraceDocuments::take_totals(BiflowDocument& document) const {
  constexpr double kLargestExact = 9007199254740992;  // 2^53
  const std::array<FlowTotals*, kFlows> flows{&document.both, &document.up, &document.down};
  for (std::size_t flow = 0; flow < kFlows; ++flow) {
    std::array<double, 4> values{};
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto given = value(totals_[flow][i]);
      const bool whole = i == 3 || (given && *given == std::floor(*given));
      if (!given || !whole || *given < 0 || *given > kLargestExact) return false;
      values[i] = *given;
    }
    *flows[flow] = {static_cast<std::uint64_t>(values[0]), static_cast<std::uint64_t>(values[1]),
                    static_cast<std::uint64_t>(values[2]), values[3]};
  }
  return std::min<std::uint64_t>(document.both.packets, packets_listed(release_)) == listed_;
}

void TraceDocuments::fill_options(BiflowDocument& document) {
  const std::array<double*, 4> options{&document.up_options.maximum_segment, &document.up_options.window_multiplier,
                                       &document.down_options.maximum_segment,
                                       &document.down_options.window_multiplier};
  for (std::size_t i = 0; i < options.size(); ++i) {
    const auto given = value(options_[i]);
    *options[i] = given.value_or(std::numeric_limits<double>::quiet_NaN());
    accounting_.count(given ? lines_.options.given : lines_.options.filled, 1);
  }
}

void TraceDocuments::fill_truth(GroundTruth& truth) {
  const auto& table = traces_.table();
  const auto& label = traces_[row_].label();
  truth = {};
  if (traces_.label(row_) >= 0) truth.label = truth.sublabel = label;
  accounting_.count(truth.label ? lines_.label.given : lines_.label.filled, 1);
  if (!table.label_source.empty()) truth.labeling_type = table.label_source[row_];
  accounting_.count(
      truth.labeling_type == LabelSource::kUnknown ? lines_.labeling_type.filled : lines_.labeling_type.given, 1);
  if (!has_headers(release_)) return;
  accounting_.count(lines_.sublabel, 1);
  const auto device = table.device.id.empty() ? -1 : table.device.id[row_];
  const auto address = device < 0 ? "" : packets::mac_at_end(table.device.names[static_cast<std::size_t>(device)]);
  truth.device = address.empty() ? packets::documentation_mac(device) : address;
  accounting_.count(address.empty() ? lines_.device.filled : lines_.device.derived, 1);
  truth.source = "morgana";
  accounting_.count(lines_.source, 1);
  accounting_.count(lines_.version, 2);
  if (!has_activity(release_)) return;
  accounting_.count(lines_.activity, 1);
  accounting_.count(lines_.verdicts.filled, 3 * listed_);
}

/// The row's value of a column, where there is one and it is finite.
std::optional<double> TraceDocuments::value(const TraceColumn* column) const {
  if (column == nullptr || !std::isfinite(column->values[row_])) return std::nullopt;
  return column->values[row_];
}

}  // namespace morgana::mirage_format
