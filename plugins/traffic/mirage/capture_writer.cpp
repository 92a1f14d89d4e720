// SPDX-License-Identifier: Apache-2.0
#include "capture_writer.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <system_error>
#include <type_traits>
#include <utility>

#include "mirage/json_text.hpp"
#include "morgana/error.hpp"

namespace morgana::mirage_format {
namespace {

/// What is gathered before it is written.
constexpr std::size_t kFlushBytes = 1 << 20;

/// "0, " to "255, ", each in eight bytes, so that a payload byte costs one copy.
struct ByteTexts {
  struct Entry {
    char text[7];
    std::uint8_t size;
  };
  std::array<Entry, 256> entries{};
  ByteTexts() {
    for (std::size_t byte = 0; byte < entries.size(); ++byte) {
      std::string text;
      append_integer(text, byte);
      text += ", ";
      std::memcpy(entries[byte].text, text.data(), text.size());
      entries[byte].size = static_cast<std::uint8_t>(text.size());
    }
  }
};

void append_bytes(std::string& out, std::span<const std::uint8_t> bytes) {
  static const ByteTexts texts;
  constexpr std::size_t kLongest = sizeof(ByteTexts::Entry);
  const auto start = out.size();
  out.resize(start + bytes.size() * kLongest);
  char* at = out.data() + start;
  for (const auto byte : bytes) {
    std::memcpy(at, &texts.entries[byte], kLongest);
    at += texts.entries[byte].size;
  }
  if (!bytes.empty()) at -= 2;
  out.resize(static_cast<std::size_t>(at - out.data()));
}

/// Letters in scapy's order, as MIRAGE writes them: "SA", "FA".
char* put_flags(char* at, std::uint8_t flags) noexcept {
  *at++ = '"';
  for (std::size_t bit = 0; bit < 8; ++bit)
    if (flags >> bit & 1) *at++ = "FSRPAUEC"[bit];
  *at++ = '"';
  return at;
}

/// ", "10_percentile": " and so on; the first without the comma.
const std::array<std::string, kStatistics>& statistic_members() {
  static const auto members = [] {
    std::array<std::string, kStatistics> texts;
    for (std::size_t i = 0; i < kStatistics; ++i)
      texts[i] = std::string(i == 0 ? "{\"" : ", \"").append(kStatisticNames[i]).append("\": ");
    return texts;
  }();
  return members;
}

const char* labeling_name(LabelSource source) {
  return source == LabelSource::kExact ? "\"exact\"" : source == LabelSource::kMostCommon ? "\"most-common\"" : "null";
}

}  // namespace

CaptureWriter::CaptureWriter(std::filesystem::path file, Release release)
    : file_(std::move(file)), partial_(file_), release_(release) {
  partial_ += ".partial";
  out_.reset(std::fopen(partial_.c_str(), "wb"));
  if (!out_) fail(errno);
  std::setvbuf(out_.get(), nullptr, _IONBF, 0);
  text_ = "{";
}

CaptureWriter::~CaptureWriter() {
  if (!out_) return;
  out_.reset();
  std::error_code ignored;
  std::filesystem::remove(partial_, ignored);
}

void CaptureWriter::fail(int error) const {
  throw Error("cannot write {}: {}", file_.string(), std::generic_category().message(error));
}

void CaptureWriter::flush() {
  if (std::fwrite(text_.data(), 1, text_.size(), out_.get()) != text_.size()) fail(errno);
  text_.clear();
}

void CaptureWriter::flush_if_large() {
  if (text_.size() >= kFlushBytes) flush();
}

void CaptureWriter::finish() {
  text_ += "}";
  flush();
  if (std::fclose(out_.release()) != 0) {
    const int error = errno;
    std::error_code ignored;
    std::filesystem::remove(partial_, ignored);
    fail(error);
  }
  std::error_code error;
  std::filesystem::rename(partial_, file_, error);
  if (!error) return;
  std::error_code ignored;
  std::filesystem::remove(partial_, ignored);
  fail(error.value());
}

void CaptureWriter::check(const BiflowDocument& biflow) const {
  const auto& packets = biflow.packets;
  const auto expect = [&](std::string_view name, std::size_t size) {
    if (size != packets.direction.size())
      throw Error("biflow {} has {} directions, but {} values of {}", biflow.key, packets.direction.size(), size, name);
  };
  expect("L4_payload_bytes", packets.payload_bytes.size());
  expect("iat", packets.seconds_since_previous.size());
  expect("TCP_win_size", packets.window.size());
  if (!has_headers(release_)) return;
  expect("timestamp", packets.unix_seconds.size());
  expect("IP_packet_bytes", packets.ip_bytes.size());
  expect("IP_header_bytes", packets.ip_header_bytes.size());
  expect("L4_header_bytes", packets.transport_header_bytes.size());
  expect("TCP_flags", packets.flags.size());
}

void CaptureWriter::add(const BiflowDocument& biflow) {
  check(biflow);
  listed_ = std::min(biflow.packets.direction.size(), packets_listed(release_));
  if (!first_biflow_) text_ += ", ";
  first_biflow_ = false;
  append_string(text_, biflow.key);
  text_ += ": {\"packet_data\": {";
  packet_data(biflow);
  text_ += "}, \"flow_features\": {";
  flow_features(biflow.features);
  text_ += "}, \"flow_metadata\": {";
  flow_metadata(biflow);
  text_ += "}}";
  flush_if_large();
}

/// A member's name; the comma before it unless it is the first of its object. What was flushed never ends so.
void CaptureWriter::member(std::string_view name) {
  if (text_.empty() || text_.back() != '{') text_ += ", ";
  text_.append("\"").append(name).append("\": ");
}

/// Makes room at the end of the text, lets `put` write into it, and takes back what is left.
template <typename Put>
void CaptureWriter::extend(std::size_t room, Put put) {
  const auto size = text_.size();
  text_.resize(size + room);
  text_.resize(static_cast<std::size_t>(put(text_.data() + size) - text_.data()));
}

/// A list of the packets listed, each put by `put(at, value)` in at most `longest` characters.
template <typename Values, typename Put>
void CaptureWriter::list(std::string_view name, const Values& values, std::size_t longest, Put put) {
  member(name);
  constexpr std::size_t kSeparator = 2;
  extend(listed_ * (longest + kSeparator) + kSeparator, [&](char* at) {
    *at++ = '[';
    for (std::size_t i = 0; i < listed_; ++i) {
      at = put(at, values[i]);
      *at++ = ',';
      *at++ = ' ';
    }
    if (listed_ > 0) at -= kSeparator;
    *at++ = ']';
    return at;
  });
  flush_if_large();
}

template <typename Number>
void CaptureWriter::numbers(std::string_view name, const std::vector<Number>& values) {
  if constexpr (std::is_same_v<Number, double>) list(name, values, kLongestDouble, put_double);
  else list(name, values, std::numeric_limits<Number>::digits10 + 1, put_integer);
}

void CaptureWriter::packet_data(const BiflowDocument& biflow) {
  const auto& packets = biflow.packets;
  if (has_headers(release_)) numbers("timestamp", packets.unix_seconds);
  ports(biflow);
  numbers("packet_dir", packets.direction);
  if (has_headers(release_)) {
    numbers("IP_packet_bytes", packets.ip_bytes);
    numbers("IP_header_bytes", packets.ip_header_bytes);
  }
  numbers("L4_payload_bytes", packets.payload_bytes);
  if (has_headers(release_)) numbers("L4_header_bytes", packets.transport_header_bytes);
  inter_arrival(packets);
  numbers("TCP_win_size", packets.window);
  if (has_headers(release_)) list("TCP_flags", packets.flags, 8 + 2, put_flags);
  payload(packets);
  if (has_activity(release_)) verdicts();
}

/// Of the sender and of the receiver of each packet.
void CaptureWriter::ports(const BiflowDocument& biflow) {
  const std::array<std::uint16_t, 2> ends{biflow.client_port, biflow.server_port};
  constexpr std::size_t kLongest = 5;
  const auto& direction = biflow.packets.direction;
  list("src_port", direction, kLongest, [&](char* at, std::uint8_t down) { return put_integer(at, ends[down & 1]); });
  list("dst_port", direction, kLongest,
       [&](char* at, std::uint8_t down) { return put_integer(at, ends[(down & 1) ^ 1]); });
}

void CaptureWriter::inter_arrival(const PacketLists& packets) {
  bool first = true;
  list("iat", packets.seconds_since_previous, kLongestDouble, [&](char* at, double seconds) {
    return std::exchange(first, false) ? put_integer(at, 0) : put_double(at, seconds);
  });
}

void CaptureWriter::payload(const PacketLists& packets) {
  member("L4_raw_payload");
  text_ += '[';
  for (std::size_t i = 0; i < listed_; ++i) {
    text_ += i > 0 ? ", [" : "[";
    if (i < packets.payload_ends.size()) {
      const auto begin = i == 0 ? 0 : packets.payload_ends[i - 1];
      append_bytes(text_, std::span(packets.payload).subspan(begin, packets.payload_ends[i] - begin));
    }
    text_ += ']';
    flush_if_large();
  }
  text_ += ']';
}

/// What the dissector of MIRAGE says of each packet is not documented, so it is left open.
void CaptureWriter::verdicts() {
  for (const auto name : {"is_clear", "heuristic", "annotations"}) {
    member(name);
    text_ += '[';
    for (std::size_t i = 0; i < listed_; ++i) text_ += i > 0 ? ", null" : "null";
    text_ += ']';
  }
}

void CaptureWriter::flow_features(const FlowFeatures& features) {
  constexpr std::size_t kLongestMember = 20;  // ", "10_percentile": "
  const auto& members = statistic_members();
  for (std::size_t series = 0; series < kSeries; ++series) {
    member(kSeriesNames[series]);
    text_ += '{';
    for (std::size_t flow = 0; flow < kFlows; ++flow) {
      member(kFlowNames[flow]);
      extend(kStatistics * (kLongestMember + kLongestDouble) + 1, [&](char* at) {
        for (std::size_t i = 0; i < kStatistics; ++i) {
          const auto& name = members[i];
          std::memcpy(at, name.data(), name.size());
          at = put_double(at + name.size(), features[series][flow][i]);
        }
        *at++ = '}';
        return at;
      });
    }
    text_ += '}';
  }
}

void CaptureWriter::flow_metadata(const BiflowDocument& biflow) {
  ground_truth(biflow.truth);
  totals("BF", biflow.both);
  totals("UF", biflow.up);
  if (has_headers(release_)) options("UF", biflow.up_options);
  totals("DF", biflow.down);
  if (has_headers(release_)) options("DF", biflow.down_options);
  if (has_activity(release_)) text_or_null("BF_activity", biflow.truth.activity);
}

void CaptureWriter::ground_truth(const GroundTruth& truth) {
  if (has_headers(release_)) {
    text_or_null("BF_device", truth.device);
    text_or_null("BF_label_source", truth.source);
  }
  text_or_null("BF_label", truth.label);
  if (has_headers(release_)) {
    text_or_null("BF_sublabel", truth.sublabel);
    text_or_null("BF_label_version_code", std::nullopt);
    text_or_null("BF_label_version_name", std::nullopt);
  }
  member("BF_labeling_type");
  text_ += labeling_name(truth.labeling_type);
}

void CaptureWriter::totals(std::string_view prefix, const FlowTotals& totals) {
  const auto number = [&](std::string_view name, std::uint64_t value) {
    text_.append(", \"").append(prefix).append(name).append("\": ");
    append_integer(text_, value);
  };
  number("_num_packets", totals.packets);
  number("_IP_packet_bytes", totals.ip_bytes);
  number("_L4_payload_bytes", totals.payload_bytes);
  text_.append(", \"").append(prefix).append("_duration\": ");
  if (totals.packets == 0) text_ += '0';
  else append_double(text_, totals.duration_seconds);
}

void CaptureWriter::options(std::string_view prefix, const FlowOptions& options) {
  text_.append(", \"").append(prefix).append("_MSS\": ");
  append_double(text_, options.maximum_segment);
  text_.append(", \"").append(prefix).append("_WS\": ");
  append_double(text_, options.window_multiplier);
}

void CaptureWriter::text_or_null(std::string_view name, const std::optional<std::string>& text) {
  member(name);
  if (text) append_string(text_, *text);
  else text_ += "null";
}

}  // namespace morgana::mirage_format
