// SPDX-License-Identifier: Apache-2.0
#include <arrow/api.h>
#include <arrow/io/file.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>

#include <cmath>
#include <cstdlib>
#include <morgana/testing.hpp>
#include <morgana/traces.hpp>

#include "test_environment.hpp"

namespace morgana {
namespace {

using testing::StageRunner;
using testing::TestContext;
using Lists = std::vector<std::vector<double>>;

template <typename Builder>
std::shared_ptr<arrow::Array> list_array(const Lists& rows) {
  const auto items = std::make_shared<Builder>();
  arrow::ListBuilder builder(arrow::default_memory_pool(), items);
  for (const auto& row : rows) {
    EXPECT_TRUE(builder.Append().ok());
    for (const double value : row) {
      const auto status =
          std::isnan(value) ? items->AppendNull() : items->Append(static_cast<typename Builder::value_type>(value));
      EXPECT_TRUE(status.ok());
    }
  }
  return builder.Finish().ValueOrDie();
}

std::shared_ptr<arrow::Array> text_array(const std::vector<std::string>& rows) {
  arrow::StringBuilder builder;
  for (const auto& row : rows) EXPECT_TRUE((row.empty() ? builder.AppendNull() : builder.Append(row)).ok());
  return builder.Finish().ValueOrDie();
}

class TeachingFile : public ::testing::Test {
 protected:
  std::string write(const std::vector<std::pair<std::string, std::shared_ptr<arrow::Array>>>& columns) {
    arrow::FieldVector fields;
    arrow::ArrayVector arrays;
    for (const auto& [name, array] : columns) {
      fields.push_back(arrow::field(name, array->type()));
      arrays.push_back(array);
    }
    const auto file = (context_.root() / "file.parquet").string();
    const auto out = arrow::io::FileOutputStream::Open(file).ValueOrDie();
    EXPECT_TRUE(parquet::arrow::WriteTable(*arrow::Table::Make(arrow::schema(fields), arrays),
                                           arrow::default_memory_pool(), out, 3)
                    .ok());
    EXPECT_TRUE(out->Close().ok());
    return file;
  }
  std::string error(const std::string& stage, const std::string& file) {
    try {
      StageRunner(morgana_plugin(), stage).set("path", file).run();
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  TestContext context_;
};

std::vector<float> values(const Traces& traces, std::string_view channel, std::size_t row) {
  const auto span = traces[row].channel(channel);
  return {span.begin(), span.end()};
}

TEST_F(TeachingFile, ConvertsAndCounts) {
  const auto file = write(
      {{"PL", list_array<arrow::Int64Builder>({{100, 200}, {}, {5}, {7, 0, 9, 0, 0}, {1, 2}, {3, 3}, {0, 0}, {8}})},
       {"IAT",
        list_array<arrow::DoubleBuilder>({{0, 36974.2}, {}, {0}, {0, 1, 36974.2, 0, 0}, {0}, {0, NAN}, {0, 0}, {0}})},
       {"DIR", list_array<arrow::Int32Builder>({{0, 1}, {}, {1}, {0, 0, 1, 0, 0}, {0, 1}, {0, 0}, {0, 0}, {0}})},
       {"LABEL", text_array({"b", "a", "a", "b", "a", "a", "a", ""})}});
  StageRunner stage(morgana_plugin(), "read.mirage-video");
  const auto traces = stage.set("path", file).run().output<Traces>("traces");
  ASSERT_EQ(traces->size(), 3u);
  EXPECT_EQ(traces->class_names(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ((*traces)[0].label(), "b");
  EXPECT_EQ(values(*traces, "PL", 0), (std::vector<float>{100, 200}));
  EXPECT_EQ(values(*traces, "IAT", 0), (std::vector<float>{0, 36974.2e-6f}));
  EXPECT_EQ(values(*traces, "DIR", 0), (std::vector<float>{-1, 1}));
  EXPECT_EQ(values(*traces, "PL", 2), (std::vector<float>{7, 0, 9}));
  const auto& counts = traces->table().counts;
  EXPECT_EQ(counts.at("biflows"), 8);
  EXPECT_EQ(counts.at("kept"), 3);
  EXPECT_EQ(counts.at("skipped: no packets"), 1);
  EXPECT_EQ(counts.at("skipped: unequal lengths"), 1);
  EXPECT_EQ(counts.at("skipped: missing value"), 1);
  EXPECT_EQ(counts.at("skipped: too few packets"), 1);
  EXPECT_EQ(counts.at("skipped: no label"), 1);
  EXPECT_EQ(counts.at("padding packets dropped"), 2);
  EXPECT_NE(traces->table().notes.at("channel IAT").find("stands 2 times"), std::string::npos);
}

TEST_F(TeachingFile, DropsPacketsWithoutPayloadWhereAsked) {
  const auto file = write({{"PL", list_array<arrow::Int64Builder>({{7, 0, 9}})},
                           {"IAT", list_array<arrow::DoubleBuilder>({{0, 1e6, 2e6}})},
                           {"DIR", list_array<arrow::Int32Builder>({{0, 1, 1}})},
                           {"LABEL", text_array({"x"})}});
  StageRunner stage(morgana_plugin(), "read.mirage-video");
  const auto traces = stage.set("path", file).set("zero_payload", "drop").run().output<Traces>("traces");
  EXPECT_EQ(values(*traces, "PL", 0), (std::vector<float>{7, 9}));
  EXPECT_EQ(values(*traces, "IAT", 0), (std::vector<float>{0, 3}));
  EXPECT_EQ(traces->table().counts.at("zero-payload packets dropped"), 1);
}

TEST_F(TeachingFile, ReadsEitherWithAndWithoutTimes) {
  const auto file = write({{"DIR", list_array<arrow::FloatBuilder>({{0, 1, -1}})},
                           {"PL", list_array<arrow::FloatBuilder>({{10, 20, 30}})},
                           {"LABEL", text_array({"x"})}});
  for (const char* name : {"read.mirage-appxact", "read.mirage-video"}) {
    StageRunner stage(morgana_plugin(), name);
    const auto traces = stage.set("path", file).set("packets", 2).run().output<Traces>("traces");
    EXPECT_EQ(traces->expression("PL*DIR"), (std::vector<float>{-10, 20}));
    EXPECT_FALSE(traces->find_channel("IAT"));
    EXPECT_NE(stage.context.messages.front().find("has no column \"IAT\""), std::string::npos);
  }
}

TEST_F(TeachingFile, ReadsPandasCategories) {
  const auto lists = list_array<arrow::Int64Builder>({{1}, {1}, {1}});
  arrow::StringDictionaryBuilder builder;
  EXPECT_TRUE(builder.Append("x").ok() && builder.AppendNull().ok() && builder.Append("y").ok());
  const auto file = write({{"PL", lists}, {"DIR", lists}, {"APP", builder.Finish().ValueOrDie()}});
  StageRunner stage(morgana_plugin(), "read.mirage-appxact");
  const auto traces = stage.set("path", file).set("label_column", "APP").run().output<Traces>("traces");
  EXPECT_EQ(traces->class_names(), (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(traces->size(), 2u);
}

TEST_F(TeachingFile, SaysWhatIsWrongWithTheFile) {
  const auto text = write({{"PL", text_array({"x"})}, {"DIR", text_array({"x"})}, {"LABEL", text_array({"x"})}});
  EXPECT_EQ(error("read.mirage-appxact", text), text + ": column \"PL\" holds string, not lists of numbers");
  const auto lists = list_array<arrow::Int64Builder>({{1}});
  const auto label = write({{"PL", lists}, {"DIR", lists}, {"LABEL", lists}});
  EXPECT_EQ(error("read.mirage-appxact", label).find(label + ": column \"LABEL\" holds list<"), 0u);
  const auto empty = write({{"PL", list_array<arrow::Int64Builder>({{}})},
                            {"DIR", list_array<arrow::Int64Builder>({{}})},
                            {"LABEL", text_array({"x"})}});
  EXPECT_EQ(error("read.mirage-appxact", empty), "no trace is left of 1 biflow in " + empty + ": no packets (1)");
  EXPECT_EQ(error("read.mirage-video", "/absent.parquet"), "there is no file or folder /absent.parquet");
  std::filesystem::resize_file(empty, 20);
  EXPECT_EQ(error("read.mirage-appxact", empty).find("cannot read " + empty + ": it is cut off"), 0u);
}

TEST_F(TeachingFile, RefusesWhatOnlyTheReleaseHas) {
  const auto lists = list_array<arrow::Int64Builder>({{1}});
  const auto file = write({{"PL", lists}, {"DIR", lists}, {"LABEL", text_array({"x"})}});
  const auto error_with = [&](const std::string& parameter, ParameterValue value) {
    try {
      StageRunner(morgana_plugin(), "read.mirage-appxact").set("path", file).set(parameter, value).run();
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  const std::string begin = "file.parquet is a teaching file in parquet and has no ";
  const std::string end = ", or read the release's JSON";
  EXPECT_EQ(error_with("channels", std::vector<std::string>{"PL", "WIN"}),
            begin + "channel \"WIN\"; it has PL, IAT, DIR" + end);
  EXPECT_EQ(error_with("payload_bytes", std::int64_t{5}), begin + "payload bytes; set payload_bytes to 0" + end);
  EXPECT_EQ(error_with("features", true), begin + "statistics of whole biflows; set features to false" + end);
  EXPECT_EQ(error_with("exact_only", true), begin + "word on how a label was found; set exact_only to false" + end);
  EXPECT_EQ(error_with("app_from", "file"), begin + "capture files; set app_from to \"flow\"" + end);
  EXPECT_EQ(error_with("label", "activity"),
            begin + "labels but one; set label to \"app\" and label_column to the column wanted" + end);
}

TEST(GenuineMirageVideo, HasTheKnownFigures) {
  const auto file = morgana::testing::reference_data() / "mirage-parquet/Mirage-VIDEO.parquet";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no reference data " << file << "; set MORGANA_REFERENCE_DATA";
  StageRunner stage(morgana_plugin(), "read.mirage-video");
  const auto traces = stage.set("path", file.string()).run().output<Traces>("traces");
  EXPECT_EQ(traces->table().counts.at("biflows"), 26258);
  EXPECT_EQ(traces->table().counts.at("skipped: no packets"), 675);
  EXPECT_EQ(traces->size(), 25583u);
  EXPECT_EQ(traces->class_names().size(), 16u);
  EXPECT_EQ(traces->longest(), 10u);
  EXPECT_EQ((*traces)[0].label(), "DiscoveryVR");
  EXPECT_EQ(values(*traces, "PL", 0), (std::vector<float>{179, 1448, 1448, 1419, 126, 170, 886, 721, 721}));
  EXPECT_EQ(values(*traces, "DIR", 0), (std::vector<float>{-1, 1, 1, 1, -1, 1, -1, 1, 1}));
  EXPECT_FLOAT_EQ(values(*traces, "IAT", 0)[4], 0.036974191665649414f);
}

}  // namespace
}  // namespace morgana
