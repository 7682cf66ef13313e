using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Storage.FileSystem;
using ImageBackend.Testing;

namespace ImageBackend.Infrastructure.Tests.Storage;

/// <summary>What a removal does to what is kept beside an object if a put comes in between.</summary>
public sealed class PropertiesFolderTests : IDisposable
{
    private static readonly ImageKey Key = ImageKey.Parse("1_1MI.jpg");

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("of this content", "of this content", true)]
    [InlineData(null, "of this content", true)]
    [InlineData("of another content", "of this content", false)]
    [InlineData("of this content", null, false)]
    public void Stay_beside_a_content_that_they_are_of(string? describes, string? isThere, bool stay)
    {
        PropertiesFolder properties = new(_folder.Path);
        properties.Write(Key, new ImageProperties(Recipe: "a recipe") { RecipeOf = describes });

        properties.DeleteWith(Key, () => { }, () => isThere);

        (properties.Read(Key).Properties.Recipe is not null).Should().Be(stay);
        Directory.GetFiles(_folder.PathOf(PropertiesFolder.Name)).Should().HaveCount(stay ? 1 : 0, "nothing is left aside");
    }

    [Fact]
    public void Of_a_put_in_between_are_left_as_it_wrote_them()
    {
        PropertiesFolder properties = new(_folder.Path);
        properties.Write(Key, new ImageProperties(Recipe: "an older recipe") { RecipeOf = "its content" });

        properties.DeleteWith(Key, () => { }, () =>
        {
            properties.Write(Key, new ImageProperties(Recipe: "a newer recipe") { RecipeOf = "its content" });
            return "its content";
        });

        properties.Read(Key).Properties.Recipe.Should().Be("a newer recipe");
        Directory.GetFiles(_folder.PathOf(PropertiesFolder.Name)).Should().ContainSingle();
    }
}
