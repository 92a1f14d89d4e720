// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "files/test/text_source.hpp"

namespace morgana::mirage::samples {

using testing::TextSource;

/// A biflow as MIRAGE-2019 writes it, with its lists given as text.
struct SampleFlow {
  std::string key = "192.168.20.105,40001,203.0.113.7,443,6";
  std::string direction = "[0, 1, 0]", payload = "[0, 120, 1400]", iat = "[0, 0.25, 1.5e-05]",
              window = "[65535, 343, 1024]";
  std::string raw = "[[], [22, 3, 1], [23, 255]]";
  std::string label = "\"com.example.app\"", labeling = "\"exact\"";

  std::string text() const {
    return "\"" + key +
           "\": {\"packet_data\": {\"src_port\": [40001, 443, 40001], \"dst_port\": [443, 40001, 443], "
           "\"packet_dir\": " +
           direction + ", \"L4_payload_bytes\": " + payload + ", \"iat\": " + iat + ", \"TCP_win_size\": " + window +
           ", \"L4_raw_payload\": " + raw +
           "}, \"flow_features\": {\"packet_length\": {\"biflow\": {\"min\": 60.0, \"kurtosis\": -3.0, " +
           "\"10_percentile\": 60.0}}, \"iat\": {\"biflow\": {\"min\": NaN, \"max\": Infinity, \"mean\": "
           "-Infinity}}}, " +
           "\"flow_metadata\": {\"BF_label\": " + label + ", \"BF_labeling_type\": " + labeling +
           ", \"BF_num_packets\": 40, \"BF_IP_packet_bytes\": 1640, \"BF_L4_payload_bytes\": 1520, \"BF_duration\": "
           "2.5, \"UF_duration\": 0}}";
  }
};

inline std::string file_of(const std::vector<SampleFlow>& flows) {
  std::string text = "{";
  for (const auto& flow : flows) text += (text.size() > 1 ? ", " : "") + flow.text();
  return text + "}";
}

inline void write(const std::filesystem::path& file, std::string_view text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

enum class Packing { kTarGzip, kZip, kGzip };

/// An archive of texts by name, in that order.
inline void write_archive(const std::filesystem::path& file, Packing packing,
                          const std::vector<std::pair<std::string, std::string>>& members) {
  archive* out = archive_write_new();
  if (packing == Packing::kZip) archive_write_set_format_zip(out);
  else if (packing == Packing::kTarGzip) archive_write_set_format_pax_restricted(out);
  else archive_write_set_format_raw(out);
  if (packing != Packing::kZip) archive_write_add_filter_gzip(out);
  archive_write_open_filename(out, file.c_str());
  for (const auto& [name, text] : members) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(text.size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_write_header(out, entry);
    archive_write_data(out, text.data(), text.size());
    archive_entry_free(entry);
  }
  archive_write_close(out);
  archive_write_free(out);
}

}  // namespace morgana::mirage::samples
