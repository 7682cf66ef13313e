using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Listing;
using ImageBackend.Testing;

namespace ImageBackend.Application.Tests.Images;

public sealed class ListImagesTests : IDisposable
{
    private static readonly Dictionary<string, string> Hints = new()
    {
        ["in"] = "give active or incoming.",
        ["order"] = "this storage can give name or newest.",
        ["limit"] = "give a number from 1 to 200.",
        ["after"] = "give 'next' of the page before, in the same order.",
        ["from"] = "give a name, or its beginning, and no 'after'; in the order newest a whole name, or the seconds that it begins with.",
    };

    private readonly TestApp _app = new();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task An_original_is_listed_once_with_the_thumbnails_that_are_there()
    {
        PublishedSet.Seed(_app.Active, [.. PublishedSet.BaseKeys, PublishedSet.Stem + "MI.webp"]);
        _app.Active.Seed("holidayBI.jpg", "ends like a thumbnail");

        ImageList list = await _app.SendAsync(new ListImages());

        list.In.Should().Be("active");
        list.Order.Should().Be(ListOrder.Name);
        list.Next.Should().BeNull();
        ListedOriginal image = list.Images.Should().ContainSingle().Which;
        image.Key.ToString().Should().Be(PublishedSet.Key);
        image.Bytes.Should().Be(PublishedSet.Photo.Length);
        image.StoredAt.Should().Be(_app.Time.GetUtcNow());
        image.ExpiresAt.Should().BeNull("what is published stays");
        image.Thumbnails.Select(one => $"{one.Suffix} {one.Key}").Should().BeEquivalentTo(
            [.. new[] { "BI.jpg", "MI.jpg", "SI.jpg", "MI.webp" }.Select(end => $"{end[..2]} {PublishedSet.Stem}{end}")]);
    }

    [Fact]
    public async Task An_upload_is_listed_with_the_time_when_it_expires()
    {
        PublishedSet.Seed(_app.Incoming, PublishedSet.BaseKeys);

        ImageList list = await _app.SendAsync(new ListImages { In = "incoming", Limit = "200" });

        (list.In, list.Next).Should().Be(("incoming", null));
        list.Orders.Should().Equal(ListOrder.Name, ListOrder.Newest);
        ListedOriginal image = list.Images.Should().ContainSingle().Which;
        (image.Key.ToString(), image.ExpiresAt).Should().Be((PublishedSet.Key, _app.Time.GetUtcNow().AddHours(2)));
    }

    [Theory]
    [InlineData("name", "1475660224_1.jpg 1475660225_1.jpg|1475660226_1.jpg 1475660226_2.jpg|1475660227_1.jpg")]
    [InlineData("newest", "1475660227_1.jpg 1475660226_2.jpg|1475660226_1.jpg 1475660225_1.jpg|1475660224_1.jpg")]
    public async Task Pages_follow_each_other_without_gap_or_repetition(string order, string expected)
    {
        foreach (string key in new[] { "1475660226_2", "1475660224_1", "1475660227_1", "1475660226_1", "1475660225_1" })
        {
            _app.Active.Seed(key + ".jpg", key);
        }

        List<string> pages = [];
        string? after = null;
        do
        {
            ImageList page = await _app.SendAsync(new ListImages { Order = order, Limit = "2", After = after });
            pages.Add(string.Join(' ', page.Images.Select(image => image.Key)));
            after = page.Next;
        }
        while (after is not null);

        string.Join('|', pages).Should().Be(expected);
    }

    [Theory]
    [InlineData("newest,name", ListOrder.Newest)]
    [InlineData("name,newest", ListOrder.Name)]
    [InlineData("newest,newest", ListOrder.Newest)]
    public async Task Of_several_orders_the_first_is_taken_that_the_storage_has(string order, ListOrder expected)
    {
        (await _app.SendAsync(new ListImages { Order = order })).Order.Should().Be(expected);
    }

    [Fact]
    public async Task An_image_that_is_deleted_between_two_pages_breaks_nothing()
    {
        _app.Active.Seed("1_1.jpg", "a");
        _app.Active.Seed("1_2.jpg", "b");
        _app.Active.Seed("1_3.jpg", "c");
        ImageList first = await _app.SendAsync(new ListImages { Limit = "1" });
        _app.Active.Lose("1_1.jpg");
        _app.Active.Lose("1_2.jpg");

        ImageList second = await _app.SendAsync(new ListImages { Limit = "1", After = first.Next });

        second.Images.Select(image => image.Key.ToString()).Should().Equal("1_3.jpg");
    }

    [Theory]
    [InlineData("name", "1475660226", "1475660226_1.jpg 1475660226_2.jpg 1475660227_1.jpg mountain.jpg")]
    [InlineData("name", "1475660226_1.jpg", "1475660226_1.jpg 1475660226_2.jpg 1475660227_1.jpg mountain.jpg")]
    [InlineData("name", "zzz", "")]
    [InlineData("newest", "1475660226", "1475660226_2.jpg 1475660226_1.jpg 1475660224_1.jpg")]
    [InlineData("newest", "1475660226_1.jpg", "1475660226_1.jpg 1475660224_1.jpg")]
    [InlineData("newest", "mountain.jpg", "mountain.jpg 1475660227_1.jpg 1475660226_2.jpg 1475660226_1.jpg 1475660224_1.jpg")]
    public async Task A_list_begins_at_a_name_or_the_beginning_of_one(string order, string from, string expected)
    {
        foreach (string key in new[] { "1475660224_1.jpg", "1475660226_1.jpg", "1475660226_2.jpg", "1475660227_1.jpg", "mountain.jpg" })
        {
            _app.Active.Seed(key, key);
        }

        ImageList list = await _app.SendAsync(new ListImages { Order = order, From = from });

        string.Join(' ', list.Images.Select(image => image.Key)).Should().Be(expected);
    }

    [Fact]
    public async Task A_name_that_tells_no_time_and_is_not_there_is_no_place_among_the_newest()
    {
        Func<Task> act = () => _app.SendAsync(new ListImages { Order = "newest", From = "mountain.jpg" });

        await act.Should().ThrowAsync<ImageNotFoundException>().WithMessage("There is no mountain.jpg in this storage.");
    }

    [Theory]
    [InlineData("in", "elsewhere")]
    [InlineData("order", "size")]
    [InlineData("order", "newest,size")]
    [InlineData("order", "newest,")]
    [InlineData("limit", "0")]
    [InlineData("limit", "201")]
    [InlineData("limit", "+5")]
    [InlineData("limit", "many")]
    [InlineData("after", "../x")]
    [InlineData("after", "x~1_1.jpg")]
    [InlineData("after", "636112570240000000~1_1.jpg")]
    [InlineData("from", "")]
    [InlineData("from", "a/b")]
    public async Task A_parameter_that_is_not_valid_is_refused_before_any_storage_is_asked(string name, string value)
    {
        ListImages request = new()
        {
            In = name == "in" ? value : null,
            Order = name == "order" ? value : null,
            Limit = name == "limit" ? value : null,
            After = name == "after" ? value : null,
            From = name == "from" ? value : null,
        };
        Func<Task> act = () => _app.SendAsync(request);

        (await act.Should().ThrowAsync<ValidationException>()).Which.Errors.Should().ContainSingle().Which.ErrorMessage.Should().Be($"'{name}' is not valid: {Hints[name]}");
        _app.Calls.Log.Should().BeEmpty();
    }

    [Fact]
    public async Task A_cursor_by_time_goes_up_to_the_last_moment_that_there_is()
    {
        _app.Active.Seed("1_1.jpg", "a");
        long last = DateTimeOffset.MaxValue.UtcTicks;

        (await _app.SendAsync(new ListImages { Order = "newest", After = $"{last}~1_1.jpg" })).Images.Should().ContainSingle();
        await FluentActions.Awaiting(() => _app.SendAsync(new ListImages { Order = "newest", After = $"{last + 1}~1_1.jpg" })).Should().ThrowAsync<ValidationException>();
    }

    [Fact]
    public async Task A_cursor_of_one_order_is_not_valid_in_the_other()
    {
        Func<Task> byName = () => _app.SendAsync(new ListImages { Order = "newest", After = "1_1.jpg" });
        Func<Task> withFrom = () => _app.SendAsync(new ListImages { After = "1_1.jpg", From = "1_1.jpg" });
        Func<Task> noTime = () => _app.SendAsync(new ListImages { Order = "newest", From = "mountain" });

        await byName.Should().ThrowAsync<ValidationException>();
        await withFrom.Should().ThrowAsync<ValidationException>();
        await noTime.Should().ThrowAsync<ValidationException>();
    }
}
