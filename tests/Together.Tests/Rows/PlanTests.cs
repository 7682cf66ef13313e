using ImageBackend.Testing;
using ImageBackend.Together.Tests.Covering;
using Xunit.Abstractions;

namespace ImageBackend.Together.Tests.Rows;

public sealed class PlanTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_pair_that_can_meet_is_in_a_row()
    {
        Plan plan = Plan.Current;
        output.WriteLine($"Strength {plan.Strength}, seed {plan.Seed}: {plan.Rows.Count} rows in {plan.Axes[0].Values.Count} services.");

        // Pairs of two settings, and pairs of a setting and something else, or of two other things.
        HashSet<string> wanted = [.. CoveringArray.Product([.. plan.Axes.Skip(1).Select(axis => axis.Values.Count)])
            .Where(row => Plan.CanBe(Plan.RowOf([0, .. row])))
            .SelectMany(row => CoveringArray.Sets([.. plan.Axes.Skip(1)], row, 2).Concat(
                from fact in CoveringArray.Sets([.. plan.Axes.Skip(1)], row, 1)
                from setting in Plan.Settings
                from value in setting.Values
                select (IReadOnlyList<Fact>)[value[0], fact[0]]))
            .Concat(CoveringArray.Product([.. Plan.Settings.Select(axis => axis.Values.Count)]).SelectMany(row => CoveringArray.Sets(Plan.Settings, row, 2)))
            .Where(Plan.CanMeet)
            .Select(Text)];

        HashSet<string> found = [.. plan.Rows.SelectMany(row => CoveringArray.Sets(plan.Axes, row, 2)).Select(Text)];

        wanted.Except(found).Should().BeEmpty();
        plan.Rows.Should().OnlyContain(row => Plan.CanBe(Plan.RowOf(row)));

        static string Text(IReadOnlyList<Fact> set) => string.Join(" & ", set.OrderBy(fact => fact.Factor, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(Length.JustBelow16MB, 15_999_999)]
    [InlineData(Length.AtLimit, 40_000_000)]
    [InlineData(Length.OneByteBeyond, 40_000_001)]
    internal void Pictures_have_the_length_that_they_say(Length length, int bytes)
    {
        foreach (Picture picture in new[] { Picture.JpegCmyk, Picture.Png16, Picture.GifAnimated })
        {
            Sample sample = Sample.Of(new Row(picture, length, HasExif: picture < Picture.Gif, Deed.Upload, Crops: false));

            sample.File.Should().HaveCount(bytes);
            SeenPicture seen = SeenPicture.Of(sample.File, sample.Format);
            seen.Frames.Should().Be(sample.Frames);
        }
    }

    [Fact]
    public void Pictures_are_seen_as_they_say_by_a_decoder_that_did_not_make_them()
    {
        foreach (Picture picture in Enum.GetValues<Picture>().Where(picture => picture < Picture.Svg && picture is not (Picture.WebP or Picture.Avif)))
        {
            Sample sample = Sample.Of(new Row(picture, Length.Ordinary, HasExif: false, Deed.Upload, Crops: false));

            SeenPicture seen = SeenPicture.Of(sample.File, sample.Format);

            seen.Size.Should().Be(sample.Size);
            new[] { (0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75) }.Select(place => seen.NearestAt(place.Item1, place.Item2, Pictures.QuadrantColours))
                .Should().Equal(Pictures.QuadrantColours, "{0}", picture);
        }
    }
}
