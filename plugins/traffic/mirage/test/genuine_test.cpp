// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "mirage/capture_writer.hpp"
#include "mirage/json_text.hpp"
#include "oracle.hpp"

/// The released files of MIRAGE-2019, where they are at hand: our bytes and our features are theirs.
namespace morgana::mirage_format {
namespace {

using Json = nlohmann::ordered_json;

class GenuineFiles : public FolderTest {
 protected:
  void SetUp() override {
    const auto folder = morgana::testing::reference_data() / "mirage-2019";
    if (std::filesystem::exists(folder))
      for (const auto& entry : std::filesystem::directory_iterator(folder)) files_.push_back(entry.path());
    if (files_.empty()) GTEST_SKIP() << "no files in " << folder;
  }
  /// Their only words that are not JSON become null.
  static Json parsed(std::string text) {
    for (auto at = text.find(": NaN"); at != text.npos; at = text.find(": NaN", at)) text.replace(at, 5, ": null");
    return Json::parse(text);
  }
  std::vector<std::filesystem::path> files_;
};

double number(const Json& value) {
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

FlowTotals totals_of(const Json& metadata, const std::string& prefix) {
  return {metadata.at(prefix + "_num_packets"), metadata.at(prefix + "_IP_packet_bytes"),
          metadata.at(prefix + "_L4_payload_bytes"), metadata.at(prefix + "_duration")};
}

BiflowDocument document_of(const std::string& key, const Json& biflow) {
  BiflowDocument document;
  document.key = key;
  const auto& data = biflow.at("packet_data");
  auto& packets = document.packets;
  packets.direction = data.at("packet_dir").get<std::vector<std::uint8_t>>();
  packets.payload_bytes = data.at("L4_payload_bytes").get<std::vector<std::uint32_t>>();
  packets.seconds_since_previous = data.at("iat").get<std::vector<double>>();
  packets.window = data.at("TCP_win_size").get<std::vector<std::uint16_t>>();
  for (const auto& bytes : data.at("L4_raw_payload")) {
    for (const auto& byte : bytes) packets.payload.push_back(byte);
    packets.payload_ends.push_back(packets.payload.size());
  }
  const bool up_first = packets.direction.at(0) == 0;
  document.client_port = data.at(up_first ? "src_port" : "dst_port").at(0);
  document.server_port = data.at(up_first ? "dst_port" : "src_port").at(0);
  for (std::size_t series = 0; series < kSeries; ++series)
    for (std::size_t flow = 0; flow < kFlows; ++flow)
      for (std::size_t i = 0; i < kStatistics; ++i)
        document.features[series][flow][i] = number(biflow.at("flow_features")
                                                        .at(std::string(kSeriesNames[series]))
                                                        .at(std::string(kFlowNames[flow]))
                                                        .at(std::string(kStatisticNames[i])));
  const auto& metadata = biflow.at("flow_metadata");
  document.both = totals_of(metadata, "BF");
  document.up = totals_of(metadata, "UF");
  document.down = totals_of(metadata, "DF");
  document.truth.label = metadata.at("BF_label");
  document.truth.labeling_type =
      metadata.at("BF_labeling_type") == "exact" ? LabelSource::kExact : LabelSource::kMostCommon;
  return document;
}

TEST_F(GenuineFiles, AreWrittenAgainToTheByte) {
  std::size_t bytes = 0;
  for (const auto& file : files_) {
    const auto genuine = content(file);
    CaptureWriter writer(folder_ / file.filename(), Release::k2019);
    const auto biflows = parsed(genuine);
    for (const auto& [key, biflow] : biflows.items()) writer.add(document_of(key, biflow));
    writer.finish();
    EXPECT_TRUE(content(folder_ / file.filename()) == genuine) << file;
    bytes += genuine.size();
  }
  EXPECT_GT(bytes, 0u);
}

/// The files do not hold IP lengths. They are taken to be 60 in the first packet of a direction and payload + 52
/// otherwise; where that contradicts a direction's bytes or its shortest packet, TCP options were others, and nothing
/// is known.
bool guess_lengths(const BiflowDocument& document, FlowSeries& series) {
  std::array<bool, 2> seen{};
  for (std::size_t i = 0; i < document.packets.direction.size(); ++i) {
    const auto direction = document.packets.direction[i];
    series.lengths[direction].push_back(document.packets.payload_bytes[i] + (seen[direction] ? 52 : 60));
    seen[direction] = true;
  }
  for (std::size_t way = 0; way < 2; ++way) {
    const auto& lengths = series.lengths[way];
    double sum = 0;
    for (const double length : lengths) sum += length;
    if (sum != static_cast<double>((way == 0 ? document.up : document.down).ip_bytes)) return false;
    if (!lengths.empty() && *std::min_element(lengths.begin(), lengths.end()) !=
                                document.features[kPacketLength][kUpstream + way][kMinimum])
      return false;
  }
  return true;
}

void gather_gaps(const PacketLists& packets, FlowSeries& series) {
  std::array<double, 2> silence{};
  std::array<bool, 2> seen{};
  for (std::size_t i = 0; i < packets.direction.size(); ++i) {
    const auto direction = packets.direction[i];
    for (auto& seconds : silence) seconds += packets.seconds_since_previous[i];
    if (seen[direction]) series.gaps[direction].push_back(silence[direction]);
    seen[direction] = true;
    silence[direction] = 0;
  }
}

/// Compares the 51 features of a series.
void expect_features(const BiflowDocument& document, const FlowFeatures& ours, Series series) {
  for (std::size_t flow = 0; flow < kFlows; ++flow)
    for (std::size_t i = 0; i < kStatistics; ++i) {
      const double value = ours[series][flow][i], genuine = document.features[series][flow][i];
      if (std::isnan(genuine)) EXPECT_TRUE(std::isnan(value)) << document.key << ' ' << kStatisticNames[i];
      else
        EXPECT_NEAR(value, genuine, 1e-5 * std::max(std::abs(genuine), 1e-2))
            << document.key << ' ' << kSeriesNames[series] << ' ' << kFlowNames[flow] << ' ' << kStatisticNames[i];
    }
}

TEST_F(GenuineFiles, HaveOurFeatures) {
  int biflows = 0, complete = 0, of_known_length = 0;
  for (const auto& file : files_) {
    const auto all = parsed(content(file));
    for (const auto& [key, biflow] : all.items()) {
      ++biflows;
      const auto document = document_of(key, biflow);
      if (document.both.packets > kPacketsListed2019) continue;
      ++complete;
      FlowSeries series;
      const bool known = guess_lengths(document, series);
      of_known_length += known;
      gather_gaps(document.packets, series);
      const auto ours = flow_features(series);
      expect_features(document, ours, kInterArrival);
      if (known) expect_features(document, ours, kPacketLength);
    }
  }
  std::cout << biflows << " biflows, " << complete << " complete; the IP lengths of " << of_known_length
            << " of them follow from their payload\n";
  EXPECT_EQ(complete, 29);  // of the two files that shared/data holds
  EXPECT_EQ(of_known_length, 19);
}

TEST_F(GenuineFiles, HoldNoDoubleThatWeWriteOtherwise) {
  std::size_t doubles = 0;
  for (const auto& file : files_) {
    const auto text = content(file);
    for (std::size_t at = 0; at < text.size();) {
      const auto end = text.find_first_not_of("0123456789.e+-", at);
      const auto word = text.substr(at, (end == text.npos ? text.size() : end) - at);
      if (word.find('.') != word.npos && at > 0 && text[at - 1] == ' ') {
        std::string ours;
        append_double(ours, std::strtod(word.c_str(), nullptr));
        ASSERT_EQ(ours, word) << file;
        ++doubles;
      }
      at = std::max(at + 1, end);
      if (end == text.npos) break;
    }
  }
  std::cout << doubles << " doubles\n";
  EXPECT_GT(doubles, 3000u);
}

}  // namespace
}  // namespace morgana::mirage_format
