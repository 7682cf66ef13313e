using ImageBackend.Application.Images;
using ImageBackend.Domain;

namespace ImageBackend.Application.Tests.Images;

public sealed class RecentKeysTests
{
    [Fact]
    public void The_last_thousand_are_remembered()
    {
        RecentKeys keys = new();
        for (int i = 1; i <= 1000; i++)
        {
            keys.Add(KeyOf(i));
        }

        keys.Contains(KeyOf(1)).Should().BeTrue();
        keys.Add(KeyOf(1001));
        keys.Contains(KeyOf(1)).Should().BeFalse();
        keys.Contains(KeyOf(2)).Should().BeTrue();
        keys.Contains(KeyOf(1001)).Should().BeTrue();
    }

    private static ImageKey KeyOf(int number) => ImageKey.Parse($"1_{number}.jpg");
}
