// SPDX-License-Identifier: Apache-2.0
// encode.gasf and encode.gadf: traces as Gramian angular fields.
#include <algorithm>

#include "gramian/gramian_codec.hpp"
#include "morgana/error.hpp"
#include "morgana/images.hpp"
#include "morgana/stage.hpp"

namespace morgana::gramian {
namespace {

constexpr int kMostPackets = 256;

/// What both encoders share; a subclass says which field it is.
class EncodeField : public Stage {
 protected:
  explicit EncodeField(Field field) : field_(field) {}

  In<Traces> traces{*this, "traces", "Training traces: the scales are fitted on them, and they are encoded."};
  In<Traces> apply{*this, "apply", "Other traces to encode with the fitted codec; nothing is fitted on them.",
                   Need::kOptional};
  Out<Images> images{*this, "images", "Images of `traces`, computed on demand."};
  Out<Images> applied{*this, "applied", "Images of `apply`; of no traces where it is not connected."};
  Param<std::vector<std::string>> channels{
      *this,
      "channels",
      {.value = std::vector<std::string>{"PL*DIR", "IAT"},
       .doc = "What each image channel shows: a channel of the traces, or its product with DIR."}};
  Param<int> packets{
      *this,
      "packets",
      {.value = 0,
       .unit = "packets",
       .min = 0,
       .max = kMostPackets,
       .doc = "Length of the series, 2 to 256; what is longer is cut. 0: the longest training trace, at most 256."}};
  Param<std::vector<std::string>> log{*this,
                                      "log",
                                      {.value = std::vector<std::string>{"IAT"},
                                       .doc = "Those of `channels` that are scaled by sign(v) log1p(|v| / unit): unit "
                                              "is `time_unit` for seconds, else 1."}};
  Param<double> time_unit{*this,
                          "time_unit",
                          {.value = 1e-6,
                           .unit = "s",
                           .min = 1e-9,
                           .max = 1e3,
                           .doc = "Where the logarithm of a time bends into a straight line.",
                           .origin = "the resolution of capture timestamps"}};
  Param<double> low{*this,
                    "low",
                    {.value = 0.3,
                     .min = 0,
                     .max = 0.9,
                     .doc = "Packets are scaled to [low, 1]; positions behind a trace's end are 0, which is how "
                            "lengths survive. 0: lengths are lost.",
                     .origin = "measured, benchmarks/encoders: at pixel noise of 0.05 and 10 packets no length is "
                               "wrong, with 0.2 one in 20 is"}};
  Param<double> quantile{*this,
                         "quantile",
                         {.value = 0,
                          .min = 0,
                          .max = 0.1,
                          .doc = "The scale spans the quantiles `quantile` and 1 - `quantile` of the training values; "
                                 "what lies beyond is clipped and counted."}};
  Param<double> gamma{
      *this,
      "gamma",
      {.value = 1, .min = 0.1, .max = 1, .doc = "Pixels are 2 ((G + 1) / 2)^gamma - 1. NetDiffus uses 0.25."}};
  Param<int> size{*this,
                  "size",
                  {.value = 0,
                   .unit = "pixels",
                   .min = 0,
                   .max = 512,
                   .doc = "Area resize to size x size, before gamma. 0: as many as packets. Fewer than packets cannot "
                          "be undone exactly."}};

  void run(Context& context) override { encode(context, Level::kDiagonal); }

  void encode(Context& context, Level level) {
    if (traces->empty()) throw Error("there are no traces to fit the scales on");
    if (channels->empty())
      throw Error("parameter \"channels\" is empty").hint("name one channel at least: [\"PL*DIR\", \"IAT\"]");
    CodecState state{.field = field_, .packets = length(context), .low = *low, .gamma = *gamma, .level = level};
    state.size = *size == 0 ? state.packets : static_cast<std::size_t>(*size);
    if (state.size < 2) throw Error("an image of {} pixel a side shows nothing", state.size);
    for (const auto& text : *channels) {
      state.channels.push_back(scale_of(text));
      const auto& name = state.channels.back().expression.first;
      if (std::count_if(state.channels.begin(), state.channels.end(),
                        [&](const auto& channel) { return channel.expression.first == name; }) > 1)
        throw Error("\"channels\" holds {} twice: decoding would not know which to take", name);
    }
    const auto codec = GramianCodec::fitted(std::move(state), *traces, *quantile);
    for (const auto& channel : codec->state().channels)
      if (channel.clipped > 0)
        context.log().info("{}: {} of {} training values lie beyond the quantiles and are clipped",
                           channel.expression.text, channel.clipped, channel.values);
    context.log().info("{} images of {} x {} x {}; {}", traces->size(), codec->shape().channels, codec->shape().height,
                       codec->shape().width, codec->exactness());
    images = Images(traces.shared(), codec);
    encode_others(context, codec);
  }

 private:
  std::size_t length(Context& context) const {
    if (*packets == 1)
      throw Error("a series of 1 packet is no series")
          .hint("set \"packets\" to 2 or more, or to 0 for the longest trace");
    const auto longest = traces->longest();
    if (*packets == 0 && longest > kMostPackets)
      context.log().warning("the longest trace has {} packets; the images hold the first {}", longest, kMostPackets);
    return *packets > 0 ? static_cast<std::size_t>(*packets) : std::clamp<std::size_t>(longest, 2, kMostPackets);
  }

  ChannelScale scale_of(const std::string& text) const {
    ChannelScale scale{.expression = Expression(text)};
    traces->channel_index(scale.expression.first);
    scale.logarithmic = std::find(log->begin(), log->end(), text) != log->end();
    if (traces->table().channels[traces->channel_index(scale.expression.first)].unit == "s")
      scale.log_unit = *time_unit;
    return scale;
  }

  void encode_others(Context& context, const std::shared_ptr<const GramianCodec>& codec) {
    const auto others = apply ? apply.shared() : std::make_shared<const Traces>(traces->select({}));
    const auto clipped = codec->clipped(*others);
    for (std::size_t c = 0; c < clipped.size(); ++c)
      if (clipped[c] > 0)
        context.log().info("{}: {} values of \"apply\" lie outside the training range and are clipped",
                           codec->state().channels[c].expression.text, clipped[c]);
    applied = Images(others, codec);
  }

  Field field_;
};

class EncodeGasf final : public EncodeField {
 public:
  EncodeGasf() : EncodeField(Field::kSummation) {}
};

class EncodeGadf final : public EncodeField {
 public:
  EncodeGadf() : EncodeField(Field::kDifference) {}

 private:
  Param<Choice> level{*this,
                      "level",
                      {.value = Choice{"diagonal"},
                       .choices = {"diagonal", "first-packet"},
                       .doc = "A GADF knows differences of angles only. diagonal: its diagonal, else zero, holds cos 2 "
                              "phi (that of the GASF), and the way back is exact. first-packet: the plain GADF; "
                              "decoding takes the median angle of the first packet in training."}};

  void run(Context& context) override { encode(context, *level == "diagonal" ? Level::kDiagonal : Level::kFirstAngle); }
};

}  // namespace
}  // namespace morgana::gramian

MORGANA_PLUGIN("gramian", "1.0.0", "Traces as Gramian angular fields (Wang and Oates 2015), and back.",
               morgana::stage<morgana::gramian::EncodeGasf>("encode.gasf",
                                                            "Gramian angular summation fields: cos(phi_i + phi_j)."),
               morgana::stage<morgana::gramian::EncodeGadf>("encode.gadf",
                                                            "Gramian angular difference fields: sin(phi_i - phi_j)."),
               morgana::codec<morgana::gramian::GramianCodec>("gasf"),
               morgana::codec<morgana::gramian::GramianCodec>("gadf"));
