using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Application.Tests.Abstractions;

public sealed class PageSelectionTests
{
    [Fact]
    public void What_comes_after_a_full_page_is_not_reached_and_what_comes_before_takes_the_last_place()
    {
        PageSelection selection = new(new ListPage(ListOrder.Name, Limit: 2, _ => true, _ => []));
        Pick(selection, "c.jpg", "e.jpg", "g.jpg"); // one more than the page has

        Reaches(selection, "h.jpg").Should().BeFalse();
        Reaches(selection, "f.jpg").Should().BeTrue();
        Pick(selection, "a.jpg");
        Reaches(selection, "f.jpg").Should().BeFalse("the last is now e.jpg");

        (IReadOnlyList<ImageKey> keys, ListPosition? next) = selection.Take();
        keys.Select(key => key.ToString()).Should().Equal("a.jpg", "c.jpg");
        next!.Name.Should().Be("c.jpg");
    }

    private static void Pick(PageSelection selection, params string[] names) =>
        Array.ForEach(names, name => selection.Pick(ImageKey.Parse(name), DateTimeOffset.UnixEpoch));

    private static bool Reaches(PageSelection selection, string name) => selection.Reaches(name, DateTimeOffset.UnixEpoch);
}
