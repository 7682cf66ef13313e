using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Storage.S3;

namespace ImageBackend.Infrastructure.Tests.Storage.S3;

/// <summary>What of a listing, which comes response by response, makes a page.</summary>
public sealed class S3PageTests
{
    [Fact]
    public void Reads_on_for_the_thumbnails_of_the_last_image_and_no_further()
    {
        S3Page page = PageOf(limit: 2);

        page.Add(Images("a.jpg", "aBI.jpg", "b.jpg"));
        page.IsEnough.Should().BeFalse("what belongs to b.jpg may come");
        page.Add(Images("bBI.jpg", "c.jpg"));

        page.IsEnough.Should().BeTrue();
        page.Outstanding.Should().BeEmpty();
        Told(page).Should().Equal("a.jpg: aBI.jpg", "b.jpg: bBI.jpg");
        page.ToPage().Next!.Name.Should().Be("b.jpg");
    }

    [Fact]
    public void Leaves_to_be_looked_up_what_comes_much_later()
    {
        S3Page page = PageOf(limit: 1);

        page.Add(Images("1.jpg", "1475660224_7.jpg"));
        page.IsEnough.Should().BeFalse();
        page.Add(Images("1475660225_7.jpg"));

        page.IsEnough.Should().BeTrue();
        page.Outstanding.Select(key => $"{key}").Should().Equal("1BI.jpg");
        page.Add(Images("1BI.jpg").Single());
        Told(page).Should().Equal("1.jpg: 1BI.jpg");
    }

    [Fact]
    public void Is_the_last_when_the_listing_ends()
    {
        S3Page page = PageOf(limit: 2);

        page.Add(Images("a.jpg", "aBI.jpg", "b.jpg"));

        (page.IsEnough, page.ToPage().Next).Should().Be((false, null));
    }

    [Fact]
    public void Ends_somewhere_among_many_that_are_not_wanted_and_the_next_goes_on_there()
    {
        S3Page page = PageOf(limit: 2);
        int responses = 0;

        for (; !page.IsEnough; responses++)
        {
            page.Add(Images($"a{responses:D3}BI.jpg"));
        }

        responses.Should().Be(50);
        page.ToPage().Objects.Should().BeEmpty();
        page.ToPage().Next!.Name.Should().Be("a049BI.jpg");
    }

    [Theory]
    [InlineData("b.jpg", false, "b.jpg")]
    [InlineData("b", true, "a~")]
    [InlineData("b.", true, "b-~")]
    public void Starts_the_listing_just_before_what_it_includes(string start, bool including, string after) =>
        (PageOf(limit: 1, new ListPosition(start, default), including).StartAfter).Should().Be(after);

    private static S3Page PageOf(int limit, ListPosition? start = null, bool including = false) => new(
        new ListPage(ListOrder.Name, limit, key => !key.Stem.EndsWith("BI", StringComparison.Ordinal), key => [key.Thumbnail("BI", ImageFormat.Jpeg)]) { Start = start, IncludesStart = including });

    private static ListedImage[] Images(params string[] names) => [.. names.Select(name => new ListedImage(ImageKey.Parse(name), 1, DateTimeOffset.UnixEpoch))];

    private static IEnumerable<string> Told(S3Page page) =>
        page.ToPage().Objects.Select(group => $"{group.Image.Key}: {string.Join(" ", group.Others.Select(one => one.Key))}");
}
