namespace ImageBackend.Domain.Tests;

public sealed class ThumbnailPlanTests
{
    public static TheoryData<int, int> Sizes => new()
    {
        { 4000, 3000 },
        { 3000, 4000 },
        { 1600, 1200 },
        { 1500, 1500 },
        { 1499, 3 },
        { 600, 450 },
        { 250, 250 },
        { 199, 120 },
        { 1, 1 },
        { 1, 8000 },
        { 8000, 1 },
        { 20_000, 100 },
        { 30_000, 3333 },
        { 30_000, 30_000 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void The_base_is_never_larger_than_the_source(int width, int height)
    {
        ThumbnailPlan plan = ThumbnailPlan.For(new PixelSize(width, height), ThumbnailSet.Default.Specs);

        plan.Base.Width.Should().BeInRange(1, width);
        plan.Base.Height.Should().BeInRange(1, height);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Every_thumbnail_is_made_once_and_has_the_size_of_its_geometry(int width, int height)
    {
        PixelSize source = new(width, height);

        ThumbnailPlan plan = ThumbnailPlan.For(source, ThumbnailSet.Default.Specs);

        plan.Steps.Select(step => step.Spec).Should().BeEquivalentTo(ThumbnailSet.Default.Specs);
        plan.Steps.Should().AllSatisfy(step => step.Size.Should().Be(step.Spec.Resize.Resize(source)));
        plan.Steps.Select(step => step.Size.Pixels).Should().BeInDescendingOrder();
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void No_thumbnail_is_made_from_too_few_pixels(int width, int height)
    {
        PixelSize source = new(width, height);

        ThumbnailPlan plan = ThumbnailPlan.For(source, ThumbnailSet.Default.Specs);

        List<ThumbnailStep> made = [];
        foreach (ThumbnailStep step in plan.Steps)
        {
            if (step.From is null)
            {
                plan.Base.Width.Should().BeGreaterThanOrEqualTo(Math.Min(step.Size.Width, source.Width));
                plan.Base.Height.Should().BeGreaterThanOrEqualTo(Math.Min(step.Size.Height, source.Height));
            }
            else
            {
                ThumbnailStep from = made.Should().ContainSingle(one => one.Spec.Suffix == step.From, "it must be made before").Which;
                from.Spec.Cut.Should().BeNull("a cut one shows a part only");
                from.Size.Width.Should().BeGreaterThanOrEqualTo((int)Math.Ceiling(1.3 * step.Size.Width));
                from.Size.Height.Should().BeGreaterThanOrEqualTo((int)Math.Ceiling(1.3 * step.Size.Height));
            }

            made.Add(step);
        }
    }

    [Fact]
    public void A_photo_is_brought_down_step_by_step()
    {
        ThumbnailPlan plan = ThumbnailPlan.For(new PixelSize(4000, 3000), ThumbnailSet.Default.Specs);

        plan.Base.Should().Be(new PixelSize(1500, 1125));
        plan.Steps.Select(step => (step.Spec.Suffix, step.From, step.Size)).Should().Equal(
            ("BI", null, new PixelSize(1500, 1125)),
            ("MI", "BI", new PixelSize(400, 300)),
            ("SI", "MI", new PixelSize(267, 200)));
    }

    [Fact]
    public void A_strip_keeps_the_height_that_one_thumbnail_needs()
    {
        ThumbnailPlan plan = ThumbnailPlan.For(new PixelSize(20_000, 100), ThumbnailSet.Default.Specs);

        plan.Base.Should().Be(new PixelSize(20_000, 100));
        plan.Steps.Select(step => (step.Spec.Suffix, step.From)).Should().Equal(("SI", null), ("BI", null), ("MI", "BI"));
    }

    [Fact]
    public void A_thin_strip_is_not_enlarged_before_it_is_cut()
    {
        ThumbnailPlan.For(new PixelSize(1, 8000), ThumbnailSet.Default.Specs).Base.Should().Be(new PixelSize(1, 8000));
    }

    [Fact]
    public void A_source_too_close_in_one_direction_is_not_taken()
    {
        ThumbnailSpec wide = new("WI", Geometry.Parse("1000x100!"), extent: null, quality: 90);
        ThumbnailSpec tall = new("TA", Geometry.Parse("100x90!"), extent: null, quality: 90);

        ThumbnailPlan plan = ThumbnailPlan.For(new PixelSize(4000, 3000), [wide, tall]);

        plan.Steps.Select(step => step.From).Should().Equal(null, null);
    }

    [Fact]
    public void A_cut_thumbnail_is_no_source_though_it_has_the_pixels()
    {
        ThumbnailSpec cut = new("CU", Geometry.Parse("1000x1000"), new PixelSize(1000, 1000), quality: 90);
        ThumbnailSpec small = new("SM", Geometry.Parse("100x100"), extent: null, quality: 90);

        ThumbnailPlan plan = ThumbnailPlan.For(new PixelSize(4000, 3000), [cut, small]);

        plan.Steps.Single(step => step.Spec == small).From.Should().BeNull();
    }

    [Fact]
    public void The_smallest_source_that_is_enough_is_taken()
    {
        ThumbnailSpec[] specs =
        [
            new("A", Geometry.Parse("130x130"), extent: null, quality: 90),
            new("B", Geometry.Parse("1000x1000"), extent: null, quality: 90),
            new("C", Geometry.Parse("100x100"), extent: null, quality: 90),
            new("D", Geometry.Parse("129x129"), extent: null, quality: 90),
        ];

        ThumbnailPlan plan = ThumbnailPlan.For(new PixelSize(4000, 4000), specs);

        plan.Steps.Select(step => (step.Spec.Suffix, step.From)).Should().Equal(("B", null), ("A", "B"), ("D", "B"), ("C", "A"));
    }

    [Theory]
    [InlineData(10_400, 7800, 1000, 750, 8)]
    [InlineData(10_399, 7800, 1000, 750, 4)] // 1299 are fewer than 1.3 times 1000
    [InlineData(10_400, 7799, 1000, 750, 4)]
    [InlineData(5200, 3900, 1000, 750, 4)]
    [InlineData(5199, 3900, 1000, 750, 2)]
    [InlineData(4000, 3000, 1500, 1125, 2)]
    [InlineData(3900, 2926, 1500, 1125, 2)]
    [InlineData(3899, 2926, 1500, 1125, 1)]
    [InlineData(2600, 1950, 1000, 750, 2)]
    [InlineData(2599, 1950, 1000, 750, 1)]
    [InlineData(100, 100, 1500, 1500, 1)]
    [InlineData(30_000, 100, 1500, 5, 8)]
    [InlineData(30_000, 30_000, 1, 1, 8)]
    public void A_jpeg_is_shrunk_as_it_is_read_as_far_as_enough_is_left(int width, int height, int toWidth, int toHeight, int expected)
    {
        ThumbnailPlan.JpegShrink(new PixelSize(width, height), new PixelSize(toWidth, toHeight)).Should().Be(expected);
    }

    [Theory]
    [InlineData("400x400>", 4000, 3000, 400, 300)]
    [InlineData("400x400", 40, 30, 400, 300)]
    public void The_largest_is_the_base_or_a_thumbnail_that_is_enlarged(string resize, int width, int height, int largestWidth, int largestHeight)
    {
        ThumbnailSpec[] specs =
        [
            new("A", Geometry.Parse(resize), extent: null, quality: 90),
            new("B", Geometry.Parse("20x20>"), extent: null, quality: 90),
        ];

        ThumbnailPlan.For(new PixelSize(width, height), specs).Largest.Should().Be(new PixelSize(largestWidth, largestHeight));
    }
}
