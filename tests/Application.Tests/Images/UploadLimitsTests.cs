using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images;
using ImageBackend.Domain;

namespace ImageBackend.Application.Tests.Images;

public sealed class UploadLimitsTests
{
    private static readonly UploadLimits Limits = new(MaxBytes: 1000, MaxPixels: 12_000_000, MaxFrames: 500);

    [Theory]
    [InlineData(4000, 3000, 1)]
    [InlineData(2000, 3000, 2)] // all frames count together
    [InlineData(30_000, 400, 1)]
    [InlineData(400, 30_000, 1)]
    [InlineData(1, 1, 500)]
    [InlineData(240, 100, 500)]
    public void Takes_what_is_just_within(int width, int height, int frames)
    {
        Action act = () => Limits.Check(new ImageHeader(new PixelSize(width, height), frames));

        act.Should().NotThrow();
    }

    [Fact]
    public void One_that_is_built_up_in_passes_may_have_half_the_pixels()
    {
        FluentActions.Invoking(() => Limits.Check(new ImageHeader(new PixelSize(3000, 2000), 1, IsInterlaced: true))).Should().NotThrow();
        FluentActions.Invoking(() => Limits.Check(new ImageHeader(new PixelSize(3001, 2000), 1, IsInterlaced: true))).Should().Throw<InvalidImageException>()
            .Which.Limit.Should().Be(6_000_000);
    }

    [Theory]
    [InlineData(4001, 3000, 1, "too_many_pixels", 12_000_000, 12_003_000)]
    [InlineData(30_001, 1, 1, "too_many_pixels", 30_000, 30_001)]
    [InlineData(1, 30_001, 1, "too_many_pixels", 30_000, 30_001)]
    [InlineData(1, 1, 501, "too_many_frames", 500, 501)]
    [InlineData(4000, 3000, 3, "too_many_pixels", 12_000_000, 36_000_000)]
    [InlineData(241, 100, 500, "too_many_pixels", 12_000_000, 12_050_000)]
    [InlineData(30_000, 30_000, 1, "too_many_pixels", 12_000_000, 900_000_000)]
    public void Refuses_what_is_past_one_and_tells_by_how_much(int width, int height, int frames, string code, long limit, long actual)
    {
        Action act = () => Limits.Check(new ImageHeader(new PixelSize(width, height), frames));

        InvalidImageException refusal = act.Should().Throw<InvalidImageException>().Which;
        refusal.Code.Should().Be(code);
        refusal.Limit.Should().Be(limit);
        refusal.Actual.Should().Be(actual);
        refusal.Message.Should().Contain(limit.ToString()).And.Contain($"{(code == "too_many_frames" ? frames : width)}");
    }

    [Fact]
    public void Counts_the_pixels_of_animations_that_an_int_cannot()
    {
        UploadLimits wide = Limits with { MaxPixels = 1_000_000_000, MaxFrames = int.MaxValue };
        Action act = () => wide.Check(new ImageHeader(new PixelSize(30_000, 30_000), int.MaxValue));

        act.Should().Throw<InvalidImageException>().Which.Actual.Should().Be(900_000_000L * int.MaxValue);
    }
}
