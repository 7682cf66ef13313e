using ImageBackend.Web.Hosting;

return await ImageService.RunAsync(args);
