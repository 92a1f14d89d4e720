// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <limits>
#include <morgana/testing.hpp>
#include <morgana/traces.hpp>

#include "files/test/text_source.hpp"
#include "test_environment.hpp"

namespace morgana {
namespace {

using testing::StageRunner;
using testing::TestContext;

std::shared_ptr<const Traces> sample() {
  TraceTable table;
  table.offsets = {0, 2, 2, 5};
  table.channels = {
      {"PL", "bytes", {1, 2, 3, 4, 5}}, {"IAT", "s", {0, 0.5f, 0, 0.25f, 1e-6f}}, {"DIR", "", {-1, 1, -1, -1, 1}}};
  table.payload = {{0, 0, 3, 3, 4, 4}, {22, 0, 255, 7}};
  table.label = {{"app", "b\xC3\xA9ta \xF0\x9F\x98\x80"}, {1, -1, 0}};
  table.capture = {{"c"}, {0, 0, 0}};
  table.label_source = {LabelSource::kExact, LabelSource::kUnknown, LabelSource::kMostCommon};
  table.keys = {"10.0.0.1,1,10.0.0.2,2,6", "", "k"};
  table.columns = {{"BF_duration", "s", {1.5, std::numeric_limits<double>::quiet_NaN(), 0}}};
  table.counts["kept"] = 3;
  table.notes["channel PL"] = "payload";
  return std::make_shared<const Traces>(std::move(table));
}

std::string write(TestContext& context, std::shared_ptr<const Traces> traces, const std::string& name,
                  const char* format) {
  StageRunner stage(morgana_plugin(), "write.traces");
  const auto file = (context.root() / "folder" / name).string();
  stage.set("path", file).set("format", format).input("traces", std::move(traces)).run();
  return file;
}

using testing::content_of;

/// True where the script, run by the Python that scripts/setup makes, says so by its exit code.
class WriteTraces : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(python_)) GTEST_SKIP() << "no " << python_ << "; run scripts/setup";
  }
  bool python(const std::string& script, const std::string& file) {
    const auto source = context_.root() / "check.py";
    std::ofstream(source) << script;
    return std::system((python_.string() + " " + source.string() + " " + file).c_str()) == 0;
  }
  TestContext context_;
  const std::filesystem::path python_ = morgana::testing::oracle_python();
};

TEST_F(WriteTraces, OpensInNumpy) {
  const auto file = write(context_, sample(), "traces.npz", "npz");
  EXPECT_TRUE(python(R"(
import sys, numpy as np
z = np.load(sys.argv[1])
assert set(z.files) == {'offsets', 'PL', 'IAT', 'DIR', 'payload', 'payload_offsets', 'label', 'label_names', 'capture', 'capture_names', 'label_source', 'keys', 'BF_duration'}, z.files
assert z['offsets'].dtype == np.int64 and z['offsets'].tolist() == [0, 2, 2, 5]
assert z['PL'].dtype == np.float32 and z['PL'].tolist() == [1, 2, 3, 4, 5]
assert z['IAT'].tolist() == np.float32([0, .5, 0, .25, 1e-6]).tolist()
assert z['DIR'].tolist() == [-1, 1, -1, -1, 1]
assert z['payload'].dtype == np.uint8 and z['payload'].tolist() == [22, 0, 255, 7]
assert z['payload_offsets'].tolist() == [0, 0, 3, 3, 4, 4]
assert z['label'].tolist() == [1, -1, 0] and z['label_names'].tolist() == ['app', 'b\u00e9ta \U0001f600']
assert z['label_source'].tolist() == [1, 0, 2]
assert z['keys'].tolist() == ['10.0.0.1,1,10.0.0.2,2,6', '', 'k']
assert z['BF_duration'][0] == 1.5 and np.isnan(z['BF_duration'][1])
)",
                     file));
  EXPECT_EQ(content_of(file), content_of(write(context_, sample(), "again.npz", "npz")));
}

TEST_F(WriteTraces, OpensInPyarrow) {
  const auto file = write(context_, sample(), "traces.parquet", "parquet");
  EXPECT_TRUE(python(R"(
import sys, math, pyarrow.parquet as pq
t = pq.read_table(sys.argv[1])
assert t.column_names == ['PL', 'IAT', 'DIR', 'PAYLOAD', 'LABEL', 'CAPTURE', 'KEY', 'BF_duration'], t.column_names
assert t['PL'].to_pylist() == [[1, 2], [], [3, 4, 5]]
assert t['DIR'].to_pylist() == [[-1, 1], [], [-1, -1, 1]]
assert t['PAYLOAD'].to_pylist() == [[b'', b'\x16\x00\xff'], [], [b'', b'\x07', b'']]
assert t['LABEL'].to_pylist() == ['b\u00e9ta \U0001f600', None, 'app']
assert t['CAPTURE'].to_pylist() == ['c'] * 3
assert t['BF_duration'].to_pylist()[0] == 1.5 and math.isnan(t['BF_duration'].to_pylist()[1])
assert t.schema.field('IAT').metadata[b'unit'] == b's'
assert t.schema.metadata[b'count: kept'] == b'3' and t.schema.metadata[b'note: channel PL'] == b'payload'
)",
                     file));
  EXPECT_EQ(content_of(file), content_of(write(context_, sample(), "again.parquet", "parquet")));
}

TEST_F(WriteTraces, OpensInPandasLikeTables) {
  auto table = sample()->table();
  table.label.names[0] = "an \"app\", of two\nlines";
  const auto file = write(context_, std::make_shared<const Traces>(std::move(table)), "traces.csv", "csv");
  EXPECT_TRUE(python(R"(
import sys, csv, numpy as np, pyarrow.csv
rows = list(csv.reader(open(sys.argv[1], newline='', encoding='utf-8')))
assert rows[0] == ['trace', 'label', 'capture', 'packet', 'PL', 'IAT', 'DIR'], rows[0]
assert rows[1] == ['0', 'b\u00e9ta \U0001f600', 'c', '0', '1', '0', '-1'], rows[1]
assert rows[3] == ['2', 'an "app", of two\nlines', 'c', '0', '3', '0', '-1'], rows[3]
assert [r[5] for r in rows[1:]] == ['0', '0.5', '0', '0.25', '1e-06']
t = pyarrow.csv.read_csv(sys.argv[1], parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True))
assert t['trace'].to_pylist() == [0, 0, 2, 2, 2] and t['packet'].to_pylist() == [0, 1, 0, 1, 2]
assert np.float32(t['IAT'].to_pylist()).tolist() == np.float32([0, .5, 0, .25, 1e-6]).tolist()
)",
                     file));
}

TEST(WriteTracesCsv, LooksSo) {
  TestContext context;
  const auto file = write(context, sample(), "traces.csv", "csv");
  EXPECT_EQ(content_of(file),
            "trace,label,capture,packet,PL,IAT,DIR\n"
            "0,b\xC3\xA9ta \xF0\x9F\x98\x80,c,0,1,0,-1\n"
            "0,b\xC3\xA9ta \xF0\x9F\x98\x80,c,1,2,0.5,1\n"
            "2,app,c,0,3,0,-1\n"
            "2,app,c,1,4,0.25,-1\n"
            "2,app,c,2,5,1e-06,1\n");
  EXPECT_EQ(content_of(file), content_of(write(context, sample(), "again.csv", "csv")));
  TraceTable plain;
  plain.offsets = {0, 1};
  plain.channels = {{"PL", "bytes", {16777216}}};
  plain.label = {{}, {-1}};
  EXPECT_EQ(content_of(write(context, std::make_shared<const Traces>(std::move(plain)), "plain.csv", "csv")),
            "trace,label,packet,PL\n0,,0,16777216\n");
}

TEST_F(WriteTraces, WritesTracesWithoutAny) {
  TraceTable table;
  table.channels.push_back({"PL", "bytes", {}});
  const auto none = std::make_shared<const Traces>(std::move(table));
  EXPECT_TRUE(
      python("import sys, numpy as np\nz = np.load(sys.argv[1])\nassert z['PL'].shape == (0,) and "
             "z['offsets'].tolist() == [0]\n",
             write(context_, none, "none.npz", "npz")));
  EXPECT_TRUE(
      python("import sys, pyarrow.parquet as pq\nt = pq.read_table(sys.argv[1])\nassert t.num_rows == 0 and "
             "t.column_names == ['PL']\n",
             write(context_, none, "none.parquet", "parquet")));
}

TEST(WriteTracesErrors, NameTheFileAndTheFact) {
  TestContext context;
  TraceTable table = sample()->table();
  table.columns.push_back({"PL", "", {0, 0, 0}});
  EXPECT_THROW(write(context, std::make_shared<const Traces>(std::move(table)), "x", "npz"), Error);
  try {
    write(context, sample(), "traces.parquet", "npz");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "the path ends in .parquet, but the format is npz");
    EXPECT_EQ(error.hint(), "set \"format\": \"parquet\", or give a path that ends in .npz");
  }
  EXPECT_THROW(write(context, sample(), "traces.npz", "csv"), Error);
  write(context, sample(), "traces.txt", "csv");
  std::filesystem::create_directories(context.root() / "folder/taken");
  for (const char* format : {"npz", "parquet", "csv"}) {
    try {
      write(context, sample(), "taken", format);
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(std::string(error.what()).find("cannot write " + (context.root() / "folder/taken").string()), 0u)
          << error.what();
    }
  }
}

}  // namespace
}  // namespace morgana
