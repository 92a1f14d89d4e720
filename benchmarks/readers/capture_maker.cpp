// SPDX-License-Identifier: Apache-2.0
#include "capture_maker.hpp"

#include <fmt/format.h>
#include <morgana/random.hpp>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

namespace morgana::benchmark {
namespace {

/// Python's way to write a list.
template <typename Number>
std::string list(const std::vector<Number>& values) {
  return fmt::format("[{}]", fmt::join(values, ", "));
}

std::string statistics(const Random& random, std::uint64_t& draw) {
  std::string text = "{";
  for (const char* name : {"min", "max", "mean", "std", "var", "mad", "skew", "kurtosis", "10_percentile",
                           "20_percentile", "30_percentile", "40_percentile", "50_percentile", "60_percentile",
                           "70_percentile", "80_percentile", "90_percentile"})
    text += fmt::format("{}\"{}\": {}", text.size() > 1 ? ", " : "", name,
                        1500.0 * static_cast<double>(random.bits(draw++)) / 4294967296.0);
  return text + "}";
}

/// The value of one biflow, with the number of packets of the released files: mean 23, at most 32.
std::string biflow(std::uint64_t number, Shape shape) {
  const Random random(2019, number);
  std::uint64_t draw = 0;
  const auto below = [&](std::uint32_t limit) { return random.below(draw++, limit); };
  const std::size_t packets = std::min<std::size_t>(32, 14 + below(28));
  std::vector<int> source, target, direction, payload, window;
  std::vector<double> iat;
  std::vector<std::string> raw;
  for (std::size_t i = 0; i < packets; ++i) {
    const bool down = below(100) < 45;
    direction.push_back(down);
    source.push_back(down ? 443 : 41421);
    target.push_back(down ? 41421 : 443);
    payload.push_back(below(100) < 60 ? 0 : static_cast<int>(1 + below(below(3) == 0 ? 1460 : 200)));
    window.push_back(static_cast<int>(below(65536)));
    // Differences of 64-bit times are multiples of 2^-22 s.
    iat.push_back(i == 0 ? 0.0 : static_cast<double>(below(below(3) == 0 ? 2000000 : 3000)) / 4194304.0);
    std::vector<int> bytes(static_cast<std::size_t>(payload.back()));
    for (auto& byte : bytes) byte = static_cast<int>(below(256));
    raw.push_back(list(bytes));
  }
  std::string text = "{\"packet_data\": {\"src_port\": " + list(source) + ", \"dst_port\": " + list(target) +
                     ", \"packet_dir\": " + list(direction) + ", \"L4_payload_bytes\": " + list(payload) +
                     ", \"iat\": " + list(iat) + ", \"TCP_win_size\": " + list(window);
  if (shape == Shape::kReleased) text += ", \"L4_raw_payload\": " + list(raw);
  text += "}, \"flow_features\": {";
  for (const char* what : {"packet_length", "iat"}) {
    text += fmt::format("{}\"{}\": {{", text.back() == '{' ? "" : ", ", what);
    for (const char* of : {"biflow", "upstream_flow", "downstream_flow"})
      text += fmt::format("{}\"{}\": {}", text.back() == '{' ? "" : ", ", of, statistics(random, draw));
    text += "}";
  }
  return text +
         fmt::format(
             "}}, \"flow_metadata\": {{\"BF_label\": \"com.example.app{}\", \"BF_labeling_type\": \"exact\", "
             "\"BF_num_packets\": {}, "
             "\"BF_IP_packet_bytes\": {}, \"BF_L4_payload_bytes\": {}, \"BF_duration\": 7.24900484085083, "
             "\"UF_num_packets\": 16, "
             "\"UF_IP_packet_bytes\": 1387, \"UF_L4_payload_bytes\": 703, \"UF_duration\": 7.24900484085083, "
             "\"DF_num_packets\": 15, "
             "\"DF_IP_packet_bytes\": 11747, \"DF_L4_payload_bytes\": 11135, \"DF_duration\": 7.139266014099121}}}}",
             number % 20, packets, 40 * packets, 1000 + number);
}

}  // namespace

void make_capture(const std::filesystem::path& file, std::size_t bytes, Shape shape) {
  // So many different biflows that no branch predictor learns them by heart, and the file is made in seconds.
  std::vector<std::string> biflows;
  for (std::uint64_t number = 0; number < 1500; ++number) biflows.push_back(biflow(number, shape));
  std::ofstream out(file, std::ios::binary);
  std::size_t written = 0;
  for (std::size_t i = 0; written < bytes; ++i) {
    const auto key = fmt::format("{}\"192.168.20.105,{},54.{}.{}.64,443,6\": ", i == 0 ? "{" : ", ", 1024 + i % 60000,
                                 i / 60000, i % 251);
    out << key << biflows[i % biflows.size()];
    written += key.size() + biflows[i % biflows.size()].size();
  }
  out << "}";
}

}  // namespace morgana::benchmark
