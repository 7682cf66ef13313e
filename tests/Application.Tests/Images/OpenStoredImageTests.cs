using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Open;
using ImageBackend.Testing;

namespace ImageBackend.Application.Tests.Images;

public sealed class OpenStoredImageTests : IDisposable
{
    private readonly TestApp _app = new();

    public void Dispose() => _app.Dispose();

    [Theory]
    [InlineData(PublishedSet.Key)]
    [InlineData(PublishedSet.Stem + "SI.jpg")]
    [InlineData(PublishedSet.Stem + "BI.webp")]
    public async Task Opens_originals_and_thumbnails(string key)
    {
        PublishedSet.Seed(_app.Active, PublishedSet.AllKeys);

        await using OpenedImage image = await _app.SendAsync(new OpenStoredImage(key));

        image.Facts.Key.ToString().Should().Be(key);
        using MemoryStream content = new();
        await image.Content.CopyToAsync(content);
        content.ToArray().Should().Equal(_app.Active.ContentOf(key));
    }

    [Fact]
    [Trait("fault", "v6-9")]
    public async Task What_is_not_published_is_not_there_until_it_is()
    {
        PublishedSet.Seed(_app.Incoming, PublishedSet.AllKeys);
        Func<Task> act = async () => await (await _app.SendAsync(new OpenStoredImage(PublishedSet.Key))).DisposeAsync();

        await act.Should().ThrowAsync<ImageNotFoundException>();

        PublishedSet.Seed(_app.Active, PublishedSet.AllKeys);
        await act.Should().NotThrowAsync();
    }

    [Theory]
    [InlineData(true, false, "a photo")]
    [InlineData(true, true, "")]
    [InlineData(false, true, "")]
    public async Task Opens_an_upload_too_and_tells_the_facts_alone_without_reading(bool isIncoming, bool factsOnly, string expected)
    {
        (isIncoming ? _app.Incoming : _app.Active).Seed("1_2.jpg", "a photo");

        await using OpenedImage image = await _app.SendAsync(new OpenStoredImage("1_2.jpg") { IsIncoming = isIncoming, FactsOnly = factsOnly });

        using StreamReader content = new(image.Content);
        (image.Facts.Bytes, await content.ReadToEndAsync()).Should().Be((7, expected));
    }

    [Theory]
    [InlineData(true, "There is no 1_2.jpg in incoming.")]
    [InlineData(false, "There is no 1_2.jpg in active.")]
    public async Task Says_where_it_is_not(bool isIncoming, string expected)
    {
        foreach (bool factsOnly in new[] { true, false })
        {
            Func<Task> act = () => _app.SendAsync(new OpenStoredImage("1_2.jpg") { IsIncoming = isIncoming, FactsOnly = factsOnly });

            await act.Should().ThrowAsync<ImageNotFoundException>().WithMessage(expected);
        }
    }

    [Theory]
    [Trait("fault", "v6-1")]
    [InlineData("")]
    [InlineData("../canary.jpg")]
    [InlineData(".meta")]
    [InlineData(".meta/1_2.jpg.json")]
    [InlineData("1_2.txt")]
    public async Task Refuses_what_is_no_key_before_any_storage_is_asked(string key)
    {
        Func<Task> act = () => _app.SendAsync(new OpenStoredImage(key));

        (await act.Should().ThrowAsync<ValidationException>()).Which.Errors.Should().ContainSingle().Which.ErrorCode.Should().Be("bad_key");
        _app.Calls.Log.Should().BeEmpty();
    }
}
