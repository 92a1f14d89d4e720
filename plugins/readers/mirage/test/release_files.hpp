// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "fields.hpp"

/// Biflows in the formats of the four releases, written from their documented schema with values of our own. Of the
/// later three no genuine file was at hand.
namespace morgana::mirage::samples {

using Fields = std::vector<std::pair<std::string, std::string>>;

struct ReleaseFlow {
  std::string key = "192.168.20.111,50000,203.0.113.9,443,6";
  Fields packets, metadata;

  ReleaseFlow& set(const std::string& name, const std::string& text) {
    for (auto* fields : {&packets, &metadata})
      for (auto& [field, value] : *fields)
        if (field == name) {
          value = text;
          return *this;
        }
    metadata.emplace_back(name, text);
    return *this;
  }
  ReleaseFlow& erase(const std::string& name) {
    for (auto* fields : {&packets, &metadata})
      fields->erase(
          std::remove_if(fields->begin(), fields->end(), [&](const auto& field) { return field.first == name; }),
          fields->end());
    return *this;
  }
  std::string text() const {
    return fmt::format("\"{}\": {{\"packet_data\": {}, \"flow_features\": {}, \"flow_metadata\": {}}}", key,
                       object(packets), features(), object(metadata));
  }

 private:
  static std::string object(const Fields& fields) {
    std::string text = "{";
    for (const auto& [name, value] : fields)
      text += fmt::format("{}\"{}\": {}", text.size() > 1 ? ", " : "", name, value);
    return text + "}";
  }
  /// Each statistic is its own place in the list of all 102 and a half; the last is NaN.
  static std::string features() {
    Fields quantities;
    std::size_t place = 0;
    for (const auto quantity : kQuantities) {
      Fields sets;
      for (const auto set : kPacketSets) {
        Fields statistics;
        for (const auto statistic : kStatistics) {
          const bool last = ++place == kFeatures;
          statistics.emplace_back(statistic, last ? "NaN" : fmt::format("{}.5", place - 1));
        }
        sets.emplace_back(set, object(statistics));
      }
      quantities.emplace_back(quantity, object(sets));
    }
    return object(quantities);
  }
};

inline Fields later_packets(bool verdicts) {
  Fields fields{{"timestamp", "[1619005751.25, 1619005751.5, 1619005751.5, 1619005753.5]"},
                {"src_port", "[50000, 443, 50000, 443]"},
                {"dst_port", "[443, 50000, 443, 50000]"},
                {"packet_dir", "[0, 1, 0, 1]"},
                {"IP_packet_bytes", "[60, 60, 52, 1500]"},
                {"IP_header_bytes", "[20, 20, 20, 20]"},
                {"L4_payload_bytes", "[0, 0, 0, 1448]"},
                {"L4_header_bytes", "[40, 40, 32, 32]"},
                {"iat", "[0, 0.25, 0.0, 2]"},
                {"TCP_win_size", "[65535, 28960, 343, 235]"},
                {"TCP_flags", "[\"S\", \"SA\", \"A\", \"PA\"]"},
                {"L4_raw_payload", "[[], [], [], [22, 3, 1, 255, 0]]"}};
  if (verdicts)
    for (const char* name : {"is_clear", "heuristic", "annotations"})
      fields.emplace_back(name, name == std::string("is_clear") ? "[0, 0, 1, null]" : "\"[unknown]\"");
  return fields;
}

inline Fields later_metadata(const std::string& label, const std::string& sublabel) {
  Fields fields{{"BF_device", "\"aa:bb:cc:dd:ee:ff\""},
                {"BF_label_source", "\"netstat\""},
                {"BF_label", label},
                {"BF_sublabel", sublabel},
                {"BF_label_version_code", "null"},
                {"BF_label_version_name", "null"},
                {"BF_labeling_type", "\"exact\""}};
  double number = 100;
  for (const auto name : kMetadataNames)
    fields.emplace_back(name,
                        is_transport_option(name) && name.starts_with("DF") ? "NaN" : fmt::format("{}", number++));
  return fields;
}

inline ReleaseFlow flow_2019() {
  ReleaseFlow flow;
  flow.packets = {{"src_port", "[50000, 443, 50000]"},
                  {"dst_port", "[443, 50000, 443]"},
                  {"packet_dir", "[0, 1, 0]"},
                  {"L4_payload_bytes", "[0, 120, 3]"},
                  {"iat", "[0, 0.25, 0.5]"},
                  {"TCP_win_size", "[65535, 343, 1024]"},
                  {"L4_raw_payload", "[[], [22, 3], [7, 8, 9]]"}};
  flow.metadata = {{"BF_label", "\"com.example.app\""}, {"BF_labeling_type", "\"exact\""}};
  double number = 100;
  for (const auto name : kMetadataNames)
    if (!is_transport_option(name)) flow.metadata.emplace_back(name, fmt::format("{}", number++));
  return flow;
}

inline ReleaseFlow flow_video() {
  return {.packets = later_packets(false),
          .metadata = later_metadata("\"com.netflix.mediaclient\"", "\"com.netflix.mediaclient:background\"")};
}

inline ReleaseFlow flow_ccma() {
  ReleaseFlow flow{.packets = later_packets(true), .metadata = later_metadata("\"com.Slack\"", "\"com.Slack\"")};
  return flow.set("BF_activity", "\"chat\"");
}

inline ReleaseFlow flow_appxact() {
  ReleaseFlow flow{.packets = later_packets(true), .metadata = later_metadata("\"Discord\"", "\"com.discord\"")};
  return flow.set("BF_activity", "\"chat-audiocall\"");
}

inline std::string file_of(const std::vector<ReleaseFlow>& flows) {
  std::string text = "{";
  for (const auto& flow : flows) text += (text.size() > 1 ? ", " : "") + flow.text();
  return text + "}";
}

}  // namespace morgana::mirage::samples
