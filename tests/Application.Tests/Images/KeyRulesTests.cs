using FluentValidation;
using ImageBackend.Application.Images.Publish;
using ImageBackend.Application.Images.Recrop;
using ImageBackend.Application.Images.Rotate;
using ImageBackend.Testing;

namespace ImageBackend.Application.Tests.Images;

/// <summary>What a client is told about a name, a crop or a rotation that is none.</summary>
public sealed class KeyRulesTests : IDisposable
{
    private const string Key = PublishedSet.Key;

    private static readonly string Hundred = new('x', 100);

    private readonly TestApp _app = new();

    public static TheoryData<string?, string> Names => new()
    {
        { null, "No filename is given." },
        { "", "'' is not a valid key of an image, such as 1475660224_0882910455.jpg." },
        { Hundred, $"'{Hundred}' is not a valid key of an image, such as 1475660224_0882910455.jpg." },
        { Hundred + "y", $"'{Hundred}…' is not a valid key of an image, such as 1475660224_0882910455.jpg." },
        { PublishedSet.Stem + "BI.jpg", $"'{PublishedSet.Stem}BI.jpg' is a thumbnail's key; give the original's." },
    };

    public void Dispose() => _app.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_name_that_is_no_originals_is_refused_with_the_reason(string? name, string expected)
    {
        (await RefusalAsync(() => _app.SendAsync(new PublishImage(name)))).Should().Be("bad_key: " + expected);
        (await RefusalAsync(() => _app.SendAsync(new RecropImage(name, null)))).Should().Be("bad_key: " + expected);
        (await RefusalAsync(() => _app.SendAsync(new RotateImage(name, "90")))).Should().Be("bad_key: " + expected);
    }

    [Fact]
    public async Task A_crop_that_is_none_is_refused_with_how_to_write_one()
    {
        const string Expected =
            "bad_crop: '10x10' is not a valid crop: give WxH+X+Y in pixels of the upright picture, both sides at least 1, such as 800x600+10+20.";

        (await RefusalAsync(() => _app.SendAsync(new PublishImage(Key, "10x10")))).Should().Be(Expected);
        (await RefusalAsync(() => _app.SendAsync(new RecropImage(Key, "10x10")))).Should().Be(Expected);
    }

    [Theory]
    [InlineData("45", "'45' is not a valid rotation: give 90 (clockwise), -90 or 180.")]
    [InlineData(null, "'' is not a valid rotation: give 90 (clockwise), -90 or 180.")]
    public async Task A_rotation_that_is_none_is_refused_with_those_that_there_are(string? rotation, string expected)
    {
        (await RefusalAsync(() => _app.SendAsync(new RotateImage(Key, rotation)))).Should().Be("bad_rotation: " + expected);
    }

    private static async Task<string> RefusalAsync(Func<Task> send)
    {
        FluentValidation.Results.ValidationFailure failure = (await send.Should().ThrowAsync<ValidationException>()).Which.Errors.Should().ContainSingle().Which;
        return $"{failure.ErrorCode}: {failure.ErrorMessage}";
    }
}
