using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Testing.Contracts;

/// <summary>What <see cref="IImageMarks"/> promises. Every adapter and every fake has a subclass of it.</summary>
public abstract class ImageMarksContract
{
    private static readonly ImageKey Key = ImageKey.Parse("1475660224_0882910455.jpg");
    private static readonly ImageKey Other = ImageKey.Parse("1475660224_0882910455.png");
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly Lazy<(IImageMarks Marks, IImageStorage Incoming)> _created;

    protected ImageMarksContract() => _created = new Lazy<(IImageMarks, IImageStorage)>(Create);

    private IImageMarks Marks => _created.Value.Marks;

    /// <returns>Empty marks, and the incoming storage that they belong to; called once per test.</returns>
    protected abstract (IImageMarks Marks, IImageStorage Incoming) Create();

    [SkippableFact]
    public async Task Knows_nothing_of_what_was_never_set()
    {
        (await Marks.FindAsync(MarkKind.Deleted, Key, None)).Should().BeNull();
        (await ListAsync()).Should().BeEmpty();
        await Marks.RemoveAsync(MarkKind.Deleted, Key, None);
    }

    [SkippableTheory]
    [InlineData("")]
    [InlineData("1475660224_0882910456.jpg -90 4000 3000")]
    [InlineData("800x600+10-20")]
    public async Task Keeps_text_and_time_by_kind_and_key(string text)
    {
        DateTimeOffset before = DateTimeOffset.UtcNow.AddSeconds(-5); // in whole seconds, and by another clock
        await Marks.SetAsync(MarkKind.Deleted, Key, "an older one", None);
        await Marks.SetAsync(MarkKind.Crop, Key, "another kind", None);
        await Marks.SetAsync(MarkKind.Deleted, Other, "another key", None);

        await Marks.SetAsync(MarkKind.Deleted, Key, text, None);

        ImageMark mark = (await Marks.FindAsync(MarkKind.Deleted, Key, None))!;
        mark.Text.Should().Be(text);
        mark.WrittenAt.Should().BeOnOrAfter(before).And.BeOnOrBefore(DateTimeOffset.UtcNow.AddSeconds(5));
        (await Marks.FindAsync(MarkKind.Crop, Key, None))!.Text.Should().Be("another kind");
        (await ListAsync()).Should().BeEquivalentTo([(MarkKind.Deleted, Key), (MarkKind.Crop, Key), (MarkKind.Deleted, Other)]);
    }

    [SkippableFact]
    public async Task Removes_one()
    {
        await Marks.SetAsync(MarkKind.Deleted, Key, "", None);
        await Marks.SetAsync(MarkKind.Deleting, Key, "", None);

        await Marks.RemoveAsync(MarkKind.Deleting, Key, None);

        (await Marks.FindAsync(MarkKind.Deleting, Key, None)).Should().BeNull();
        (await ListAsync()).Should().Equal((MarkKind.Deleted, Key));
    }

    [SkippableFact]
    public async Task Is_no_image()
    {
        await Marks.SetAsync(MarkKind.Deleted, Key, "", None);

        (await _created.Value.Incoming.FindAsync(Key, None)).Should().BeNull();
        await foreach (ListedImage image in _created.Value.Incoming.ListAsync(None))
        {
            image.Should().BeNull("a mark is none");
        }
    }

    [SkippableFact]
    public async Task The_last_of_several_that_are_set_at_once_is_whole()
    {
        string[] texts = [.. Enumerable.Range(0, 12).Select(i => new string((char)('a' + i), 200))];

        await Task.WhenAll(texts.Select(text => Task.Run(() => Marks.SetAsync(MarkKind.Crop, Key, text, None))));

        texts.Should().Contain((await Marks.FindAsync(MarkKind.Crop, Key, None))!.Text);
    }

    [SkippableFact]
    public async Task Does_nothing_when_cancelled_before()
    {
        CancellationToken cancelled = new(canceled: true);
        await Marks.SetAsync(MarkKind.Crop, Key, "", None);

        await FluentActions.Awaiting(() => Marks.FindAsync(MarkKind.Crop, Key, cancelled)).Should().ThrowAsync<OperationCanceledException>();
        await FluentActions.Awaiting(() => Marks.SetAsync(MarkKind.Deleted, Key, "", cancelled)).Should().ThrowAsync<OperationCanceledException>();
        await FluentActions.Awaiting(() => Marks.RemoveAsync(MarkKind.Crop, Key, cancelled)).Should().ThrowAsync<OperationCanceledException>();
        (await ListAsync()).Should().Equal((MarkKind.Crop, Key));
    }

    private async Task<List<(MarkKind Kind, ImageKey Key)>> ListAsync()
    {
        List<(MarkKind, ImageKey)> marks = [];
        await foreach (ListedMark mark in Marks.ListAsync(None))
        {
            marks.Add((mark.Kind, mark.Key));
        }

        return marks;
    }
}
