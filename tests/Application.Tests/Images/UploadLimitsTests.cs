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
            .Which.Message.Should().Be("The picture has 6002000 pixels (3001x2000); the limit for a progressive or interlaced picture is 6000000.");
    }

    [Theory]
    [InlineData(4001, 3000, 1, "too_many_pixels", 12_000_000, 12_003_000, "The picture has 12003000 pixels (4001x3000); the limit is 12000000.")]
    [InlineData(30_001, 1, 1, "too_many_pixels", 30_000, 30_001, "The picture is 30001x1 pixels; a side may have at most 30000.")]
    [InlineData(1, 30_001, 1, "too_many_pixels", 30_000, 30_001, "The picture is 1x30001 pixels; a side may have at most 30000.")]
    [InlineData(1, 1, 501, "too_many_frames", 500, 501, "The animation has 501 frames; the limit is 500.")]
    [InlineData(4000, 3000, 3, "too_many_pixels", 12_000_000, 36_000_000, "The 3 frames of 4000x3000 have 36000000 pixels; the limit for all together is 12000000.")]
    [InlineData(241, 100, 500, "too_many_pixels", 12_000_000, 12_050_000, "The 500 frames of 241x100 have 12050000 pixels; the limit for all together is 12000000.")]
    [InlineData(30_000, 30_000, 1, "too_many_pixels", 12_000_000, 900_000_000, "The picture has 900000000 pixels (30000x30000); the limit is 12000000.")]
    public void Refuses_what_is_past_one_and_tells_by_how_much(int width, int height, int frames, string code, long limit, long actual, string message)
    {
        Action act = () => Limits.Check(new ImageHeader(new PixelSize(width, height), frames));

        ShouldBe(act.Should().Throw<InvalidImageException>().Which, code, limit, actual, message);
    }

    [Fact]
    public void Takes_a_file_of_the_limit_and_refuses_an_empty_one_and_one_byte_more()
    {
        FluentActions.Invoking(() => Limits.Check(1000)).Should().NotThrow();
        ShouldBe(
            FluentActions.Invoking(() => Limits.Check(0)).Should().Throw<InvalidImageException>().Which, "empty_file", null, null, "The file is empty.");
        ShouldBe(
            FluentActions.Invoking(() => Limits.Check(1001)).Should().Throw<InvalidImageException>().Which,
            "file_too_large", 1000, null, "The file is larger than the limit of 1000 bytes.");
    }

    [Fact]
    public void No_photo_may_be_larger_than_the_limit_once_it_is_converted()
    {
        FluentActions.Invoking(() => Limits.CheckConverted(1000, ImageFormat.WebP)).Should().NotThrow();
        ShouldBe(
            FluentActions.Invoking(() => Limits.CheckConverted(1001, ImageFormat.WebP)).Should().Throw<InvalidImageException>().Which,
            "file_too_large", 1000, 1001, "Converted from webp to what is stored, the photo is larger than the limit of 1000 bytes.");
    }

    [Fact]
    public void Counts_the_pixels_of_animations_that_an_int_cannot()
    {
        UploadLimits wide = Limits with { MaxPixels = 1_000_000_000, MaxFrames = int.MaxValue };
        Action act = () => wide.Check(new ImageHeader(new PixelSize(30_000, 30_000), int.MaxValue));

        act.Should().Throw<InvalidImageException>().Which.Actual.Should().Be(900_000_000L * int.MaxValue);
    }

    private static void ShouldBe(InvalidImageException refusal, string code, long? limit, long? actual, string message)
    {
        (refusal.Code, refusal.Limit, refusal.Actual, refusal.Message).Should().Be((code, limit, actual, message));
    }
}
